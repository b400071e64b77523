// A menu of actions: https://www.w3.org/WAI/ARIA/apg/patterns/menu-button/. A popover of the browser's: it lies above
// everything, Escape and a click elsewhere close it, and the focus goes back to the button.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Button } from './Button';
import './menu.css';

export interface MenuItem {
  readonly label: string;
  /** What it does; or where it leads. */
  readonly onChoose?: () => void;
  readonly href?: string;
  readonly danger?: boolean;
  /** A line above it. */
  readonly apart?: boolean;
}

interface Props {
  /** What the menu is for, for readers: "Actions for …". */
  readonly label: string;
  readonly items: readonly MenuItem[];
}

const MARGIN = 8;

/** Below the button and to its end; above it where there is no room. */
function put(list: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const below = at.bottom + list.offsetHeight + MARGIN < innerHeight || at.top < list.offsetHeight;
  list.style.top = `${below ? at.bottom + 4 : at.top - list.offsetHeight - 4}px`;
  list.style.left = `${Math.max(MARGIN, at.right - list.offsetWidth)}px`;
}

/** A button with three dots and what it opens. */
export function Menu({ label, items }: Props) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const frame = useRef<HTMLSpanElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const pressed = useRef(false);
  const isOpen = () => list.current?.matches(':popover-open') ?? false;
  const entries = () => [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
  const button = () => frame.current?.querySelector<HTMLElement>('button');

  useEffect(() => {
    if (!open) return;
    // It stays where the button was; once that moves, it is in the way.
    const close = () => list.current?.hidePopover();
    addEventListener('scroll', close, true);
    addEventListener('resize', close);
    return () => {
      removeEventListener('scroll', close, true);
      removeEventListener('resize', close);
    };
  }, [open]);

  const show = (last = false) => {
    const opener = button();
    if (!list.current || !opener) return;
    list.current.showPopover();
    put(list.current, opener);
    entries()
      .at(last ? -1 : 0)
      ?.focus({ preventScroll: true });
  };
  const key = (event: KeyboardEvent) => {
    const all = entries();
    const now = all.indexOf(document.activeElement as HTMLElement);
    const letter = event.key.length === 1 ? event.key.toLowerCase() : '';
    const to: Record<string, number> = {
      ArrowDown: (now + 1) % all.length,
      ArrowUp: (now - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    if (event.key === 'Tab') return list.current?.hidePopover();
    const next =
      to[event.key] ??
      (letter.trim()
        ? [...all.keys()].find((step) => {
            const text = all[(now + 1 + step) % all.length]?.textContent ?? '';
            return text.toLowerCase().startsWith(letter);
          })
        : undefined);
    if (next === undefined) return;
    event.preventDefault();
    all[event.key in to ? next : (now + 1 + next) % all.length]?.focus();
  };
  const choose = (item: MenuItem) => {
    list.current?.hidePopover();
    button()?.focus();
    item.onChoose?.();
  };
  const shared = (item: MenuItem) => ({
    role: 'menuitem' as const,
    tabIndex: -1,
    class: `menu-item${item.danger ? ' menu-danger' : ''}${item.apart ? ' menu-apart' : ''}`,
    onClick: () => choose(item),
  });
  return (
    <span class="menu" ref={frame}>
      <Button
        look="subtle"
        icon="more"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={id}
        // A press outside closes a popover, and the button is outside: it must not open it again.
        onPointerDown={() => {
          pressed.current = isOpen();
        }}
        onClick={() => {
          if (isOpen()) list.current?.hidePopover();
          else if (!pressed.current) show();
          pressed.current = false;
        }}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
          event.preventDefault();
          show(event.key === 'ArrowUp');
        }}
      />
      <div
        id={id}
        ref={list}
        class="menu-list"
        role="menu"
        aria-label={label}
        popover="auto"
        onToggle={(event) => setOpen((event as ToggleEvent).newState === 'open')}
        onKeyDown={key}
      >
        {items.map((item) =>
          item.href ? (
            <a key={item.label} href={item.href} {...shared(item)}>
              {item.label}
            </a>
          ) : (
            <button key={item.label} type="button" {...shared(item)}>
              {item.label}
            </button>
          ),
        )}
      </div>
    </span>
  );
}
