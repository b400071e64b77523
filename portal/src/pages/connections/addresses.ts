// What is open on the page is in its address, so that a reload, a link and the browser's Back keep it.
import { go, guardLeaving } from '../../app/place';

export const CLOSED = '/connections';
export const openOf = (id: string): string => `${CLOSED}?open=${encodeURIComponent(id)}`;
export const copyOfAddress = (id: string): string => `${CLOSED}?copy=${encodeURIComponent(id)}`;
export const NEW = `${CLOSED}?new`;

export type Opened = { kind: 'none' } | { kind: 'new' } | { kind: 'open' | 'copy'; id: string };

/** What an address opens. */
export function openedBy(search: string): Opened {
  const query = new URLSearchParams(search);
  const id = query.get('open') ?? query.get('copy');
  if (id) return { kind: query.has('open') ? 'open' : 'copy', id };
  return query.has('new') ? { kind: 'new' } : { kind: 'none' };
}

/** Closes what is open. `saved`: there is nothing to lose any more. */
export function close({ saved = false } = {}): void {
  if (saved) guardLeaving(undefined);
  go(CLOSED);
}

/** The id of the element that names a connection's row. */
export const rowName = (id: string): string => `connection-${id}`;

/** The focus goes to the connection's row, once it is drawn where it belongs now. */
export function focusRow(id: string): void {
  requestAnimationFrame(() => document.getElementById(rowName(id))?.focus());
}

/** The focus goes to the page's heading: what had it is gone. */
export function focusPage(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('h1')?.focus());
}

/** After what is open has gone: to the row it was at, or the heading, unless something else has the focus by then. */
export function focusIfLost(id: string | undefined): void {
  requestAnimationFrame(() => {
    if (document.activeElement && document.activeElement !== document.body) return;
    const row = id === undefined ? null : document.getElementById(rowName(id));
    (row ?? document.querySelector<HTMLElement>('h1'))?.focus();
  });
}
