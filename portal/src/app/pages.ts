// What is loaded for each page.
//
// A page is a folder below src/pages with an index.tsx whose default export is the page, and a folder of words of the
// same name. Both are loaded when it is first shown. Pages know addresses (routes.ts) and never this file, so that no
// page's file hangs together with all the others.
import type { ComponentType } from 'preact';
import type { PageName, PageProps } from './routes';

type Load = () => Promise<{ default: ComponentType<PageProps> }>;

export const PAGES: Readonly<Record<PageName, Load>> = {
  connections: () => import('../pages/connections'),
  sms: () => import('../pages/sms'),
  setup: () => import('../pages/setup'),
  approve: () => import('../pages/approve'),
  records: () => import('../pages/records'),
  health: () => import('../pages/health'),
  reports: () => import('../pages/reports'),
  people: () => import('../pages/people'),
  activity: () => import('../pages/activity'),
};
