// Which language the portal speaks: the one chosen, else the first of the browser's that we have.
import { recall, remember } from '../memory';
import { makeStore } from '../store';

export const LANGUAGES = { en: 'English', fr: 'Français', es: 'Español' } as const;
export type Language = keyof typeof LANGUAGES;

export const isLanguage = (text: string | null | undefined): text is Language => !!text && text in LANGUAGES;

function first(): Language {
  const chosen = recall('language');
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';
}

export const language = makeStore<Language>(first());

/** The tag by which Intl formats: the browser's own if it is of this language (en-GB), else the bare one. */
export function locale(of: Language = language.get()): string {
  return navigator.languages.find((tag) => tag.toLowerCase().startsWith(of)) ?? of;
}

/** Speaks another language, and remembers it. Its words must be loaded: see `speak` in words.ts. */
export function setLanguage(next: Language): void {
  remember('language', next);
  document.documentElement.lang = next;
  language.set(next);
}
