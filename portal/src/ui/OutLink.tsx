import type { ComponentChildren } from 'preact';
import { Icon } from './Icon';
import './outlink.css';

/** A link out of the portal, in a tab of its own: what is being typed here stays. */
export function OutLink({ href, children }: { href: string; children: ComponentChildren }) {
  return (
    <a class="outlink" href={href} target="_blank" rel="noreferrer">
      {children}
      <Icon name="external" />
    </a>
  );
}
