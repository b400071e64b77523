// Where one is: the address bar as a store. Links are plain <a href="/records">; one listener takes their clicks.
import { makeStore } from '../store';

export interface Place {
  readonly path: string;
  /** With its question mark, or empty. */
  readonly search: string;
}

const here = (): Place => ({ path: location.pathname.replace(/(.)\/+$/, '$1'), search: location.search });

export const place = makeStore<Place>(here());

/** Asked before a page is left; returns whether one may go now. */
type Guard = (go: () => void) => boolean;
let guard: Guard | undefined;

/** Sets what is asked before the page is left, or nothing. */
export function guardLeaving(next: Guard | undefined): void {
  guard = next;
}

/** Goes to a page of the portal. `replace` leaves no step back. */
export function go(to: string, { replace = false } = {}): void {
  const move = () => {
    history[replace ? 'replaceState' : 'pushState'](null, '', to);
    arrive();
  };
  if (!guard || guard(move)) move();
}

/** Takes the address bar as it is now. */
export function arrive(): void {
  const next = here();
  const now = place.get();
  if (next.path !== now.path || next.search !== now.search) place.set(next);
}

/** Whether a click is one that the browser should follow by itself: another tab, a download. */
function foreign(event: MouseEvent, link: HTMLAnchorElement): boolean {
  const modified = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  const elsewhere = link.origin !== location.origin || link.target !== '' || link.hasAttribute('download');
  return modified || elsewhere || (link.pathname === location.pathname && link.hash !== '');
}

/** Listens to links and to back and forward. */
export function followLinks(): void {
  document.addEventListener('click', (event) => {
    const link = (event.target as Element | null)?.closest('a');
    if (!link?.href || event.defaultPrevented || foreign(event, link)) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
  addEventListener('popstate', () => {
    const before = place.get();
    const wanted = location.pathname + location.search;
    const move = () => {
      history.replaceState(null, '', wanted);
      arrive();
    };
    if (!guard || guard(move)) arrive();
    // The browser has moved already: the address goes back to the page that is still shown.
    else history.pushState(null, '', before.path + before.search);
  });
}
