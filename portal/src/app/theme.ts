// Light or dark: the system's, or the one chosen. index.html applies a choice before the first paint.
import { recall, remember } from '../memory';
import { makeStore } from '../store';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const kept = recall('theme');
export const theme = makeStore<Theme>(kept === 'light' || kept === 'dark' ? kept : 'auto');

export function setTheme(next: Theme): void {
  theme.set(next);
  remember('theme', next === 'auto' ? null : next);
  if (next === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
}
