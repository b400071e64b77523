// What the API says by code, in the reader's language. English comes with each answer, so only the others are here:
// problems/fr.json and es.json have a sentence and a fix for every code of the API's catalogue; words/health/findings has
// the same for the doctor's.
import { useEffect, useState } from 'preact/hooks';
import { useStore } from '../store';
import { type Language, language } from './language';

export interface Coded {
  readonly code: string;
  readonly detail: string;
  readonly fix: string;
}

export type Catalogue = Readonly<Record<string, { detail: string; fix: string }>>;
type Files = Readonly<Record<string, () => Promise<Catalogue>>>;

/** The hook for one folder of such files: `codeTextsOf(import.meta.glob('./problems/*.json', { import: 'default' }))`. */
export function codeTextsOf(files: Files): () => <T extends Coded>(coded: T) => T {
  const loaded = new Map<Language, Catalogue>();
  return () => {
    const of = useStore(language);
    const [, again] = useState(0);
    useEffect(() => {
      const load = Object.entries(files).find(([path]) => path.endsWith(`/${of}.json`))?.[1];
      if (!load || loaded.has(of)) return;
      void load().then((catalogue) => {
        loaded.set(of, catalogue);
        again((count) => count + 1);
      });
    }, [of]);
    return (coded) => ({ ...coded, ...loaded.get(of)?.[coded.code] });
  };
}

/** The same with detail and fix in the language spoken; as it came where we have no words for its code. */
export const useCodeText = codeTextsOf(import.meta.glob<Catalogue>('./problems/*.json', { import: 'default' }));
