import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { makeStore } from '../store';
import './page.css';

/** How often one has moved inside the portal: after a move the new heading takes the focus, at the start it does not. */
export const moves = makeStore(0);

interface PageProps {
  readonly title: string;
  /** Above the title: where one is. */
  readonly over?: ComponentChildren;
  /** What the page is for, in a sentence or two. */
  readonly lead?: ComponentChildren;
  /** What can be done with all of it. */
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A page: its heading, which takes the focus when one comes to it, and what follows. */
export function Page({ title, over, lead, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const move = moves.get();
  useEffect(() => {
    if (move > 0) heading.current?.focus({ preventScroll: true });
  }, [move]);
  useEffect(() => {
    document.title = `${title} · VisitBridge`;
  }, [title]);
  return (
    <div class="page">
      <div class="page-head">
        <div class="page-words">
          {over && <p class="page-over">{over}</p>}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p class="page-lead">{lead}</p>}
        </div>
        {actions && <div class="page-actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

interface SectionProps {
  readonly title?: ComponentChildren;
  readonly lead?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children?: ComponentChildren;
  /** Tables go to the card's edges. */
  readonly flush?: boolean;
}

/** A card on the page with a heading of its own. */
export function Section({ title, lead, actions, children, flush }: SectionProps) {
  return (
    <section class={`card${flush ? ' card-flush' : ''}`}>
      {(title || actions) && (
        <div class="card-head">
          <div>
            {title && <h2>{title}</h2>}
            {lead && <p>{lead}</p>}
          </div>
          {actions && <div class="card-actions">{actions}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly children?: ComponentChildren;
  /** What to do about it, if anything. */
  readonly action?: ComponentChildren;
}

/** Nothing here yet: what would be, and how it comes about. */
export function EmptyState({ title, children, action }: EmptyProps) {
  return (
    <div class="empty">
      <svg class="empty-mark" viewBox="0 0 64 40" width="96" height="60" aria-hidden="true" focusable="false">
        <path
          d="M4 34h56M14 34a18 18 0 0136 0M32 16v18M22 19v15M42 19v15"
          fill="none"
          stroke="currentColor"
          stroke-width="2.5"
          stroke-linecap="round"
        />
      </svg>
      <h2>{title}</h2>
      {children && <div class="empty-text">{children}</div>}
      {action}
    </div>
  );
}
