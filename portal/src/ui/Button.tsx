import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';
import { Icon, type IconName } from './Icon';
import './button.css';

type Look = 'primary' | 'secondary' | 'subtle' | 'danger';

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'icon'> {
  readonly look?: Look;
  /** Being done: it stays in place and cannot be pressed again; what it says should say so. */
  readonly busy?: boolean;
  readonly icon?: IconName;
  readonly small?: boolean;
  readonly type?: 'button' | 'submit';
  readonly children?: ComponentChildren;
}

/** A button. Only an icon inside: give it an `aria-label`. */
export function Button({ look = 'secondary', busy = false, icon, small, type = 'button', children, ...rest }: Props) {
  const { onClick, disabled, class: more, ...others } = rest;
  return (
    <button
      {...others}
      type={type}
      class={`button button-${look}${small ? ' button-small' : ''}${children ? '' : ' button-icon'} ${more ?? ''}`}
      // Not `disabled` while busy: that would take the focus away from who pressed it.
      aria-disabled={busy || undefined}
      disabled={disabled}
      onClick={(event) => (busy ? event.preventDefault() : onClick?.(event))}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink({
  look = 'secondary',
  icon,
  children,
  href,
}: Pick<Props, 'look' | 'icon' | 'children'> & { href: string }) {
  return (
    <a class={`button button-${look}`} href={href}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  );
}
