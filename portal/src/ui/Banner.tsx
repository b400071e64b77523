import type { ComponentChildren } from 'preact';
import { Icon } from './Icon';
import { TONE_ICON } from './toast';
import './banner.css';

interface Props {
  readonly tone: 'success' | 'warning' | 'error' | 'info';
  readonly title?: ComponentChildren;
  readonly children?: ComponentChildren;
  readonly actions?: ComponentChildren;
  /** It came after the page: it is read at once. One that is there from the start is not. */
  readonly live?: boolean;
}

/** Something to know, where it matters. */
export function Banner({ tone, title, children, actions, live }: Props) {
  return (
    <div class={`banner banner-${tone}`} role={live ? 'alert' : undefined}>
      <Icon name={TONE_ICON[tone]} />
      <div class="banner-text">
        {title && <p class="banner-title">{title}</p>}
        {children}
        {actions && <div class="banner-actions">{actions}</div>}
      </div>
    </div>
  );
}
