// The languages of texts, each by its own name. They are more than the portal's.
export const SPOKEN = {
  en: 'English',
  es: 'Español',
  fr: 'Français',
  pt: 'Português',
  zh: '简体中文',
  ar: 'العربية',
  vi: 'Tiếng Việt',
} as const;
export type Spoken = keyof typeof SPOKEN;
export const SPOKEN_HERE = Object.keys(SPOKEN) as Spoken[];

export const isSpoken = (text: string): text is Spoken => text in SPOKEN;
