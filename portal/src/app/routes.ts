// The pages: where each is, who may see it, what is loaded for it.
//
// A page is a folder below src/pages with an index.tsx whose default export is the page, and a folder of words of the
// same name. Both are loaded when it is first shown.
import type { ComponentType } from 'preact';
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
type Load = () => Promise<{ default: ComponentType<PageProps> }>;

export interface Route {
  readonly name: PageName;
  /** Without a connection. */
  readonly path: string;
  /** Where a connection's id follows, if the page has one. */
  readonly of?: string;
  readonly role: Role;
  /** Its number among the steps of setting up, from 1. */
  readonly step?: number;
  readonly load: Load;
}

export const ROUTES: readonly Route[] = [
  { name: 'connections', path: '/connections', role: 'admin', step: 1, load: () => import('../pages/connections') },
  { name: 'sms', path: '/sms', role: 'admin', step: 2, load: () => import('../pages/sms') },
  { name: 'setup', path: '/setup', of: '/sms/', role: 'admin', step: 3, load: () => import('../pages/setup') },
  {
    name: 'approve',
    path: '/approve',
    of: '/approve/',
    role: 'approver',
    step: 4,
    load: () => import('../pages/approve'),
  },
  {
    name: 'records',
    path: '/records',
    of: '/records/',
    role: 'approver',
    step: 5,
    load: () => import('../pages/records'),
  },
  { name: 'health', path: '/health', of: '/health/', role: 'approver', load: () => import('../pages/health') },
  { name: 'reports', path: '/reports', role: 'reader', load: () => import('../pages/reports') },
  { name: 'people', path: '/people', role: 'admin', load: () => import('../pages/people') },
  { name: 'activity', path: '/activity', role: 'admin', load: () => import('../pages/activity') },
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
