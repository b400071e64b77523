// The pages: where each is and who may see it. What is loaded for it: pages.ts, which nothing but the frame asks.
import type { Role } from '../session/session';

export interface PageProps {
  /** The connection of the address, where the page has one. */
  readonly id: string | undefined;
}

export type PageName =
  | 'connections'
  | 'sms'
  | 'setup'
  | 'approve'
  | 'records'
  | 'health'
  | 'people'
  | 'activity'
  | 'reports';

export interface Route {
  readonly name: PageName;
  /** Without a connection. */
  readonly path: string;
  /** Where a connection's id follows, if the page has one. */
  readonly of?: string;
  readonly role: Role;
  /** Its number among the steps of setting up, from 1. */
  readonly step?: number;
}

export const ROUTES: readonly Route[] = [
  { name: 'connections', path: '/connections', role: 'admin', step: 1 },
  { name: 'sms', path: '/sms', role: 'admin', step: 2 },
  { name: 'setup', path: '/setup', of: '/sms/', role: 'admin', step: 3 },
  { name: 'approve', path: '/approve', of: '/approve/', role: 'approver', step: 4 },
  { name: 'records', path: '/records', of: '/records/', role: 'approver', step: 5 },
  { name: 'health', path: '/health', of: '/health/', role: 'approver' },
  { name: 'reports', path: '/reports', role: 'reader' },
  { name: 'people', path: '/people', role: 'admin' },
  { name: 'activity', path: '/activity', role: 'admin' },
];

export interface Found {
  readonly route: Route;
  readonly id: string | undefined;
}

/** The page at a path; undefined if there is none. */
export function find(path: string): Found | undefined {
  for (const route of ROUTES) {
    if (path === route.path) return { route, id: undefined };
    const rest = route.of && path.startsWith(route.of) ? path.slice(route.of.length) : '';
    if (rest && !rest.includes('/')) return { route, id: decodeURIComponent(rest) };
  }
  return undefined;
}

/** The address of a page, for a connection if one is given. */
export function addressOf(name: PageName, id?: string | null): string {
  const route = ROUTES.find((one) => one.name === name);
  if (!route) return '/';
  return id && route.of ? route.of + encodeURIComponent(id) : route.path;
}

/** The pages that these roles may see. */
export const visible = (roles: readonly Role[]): Route[] => ROUTES.filter(({ role }) => roles.includes(role));
