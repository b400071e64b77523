// The catalogues: one folder an area, one JSON file a language, loaded when something of the area is shown.
//
// A key is flat: `"form.zone.hint": "The zone of {place}"`. A plural has a key for each of Intl's categories after `#`:
// `"found#one"`, `"found#other"`, chosen by the value `count`. tests/portal/test_words.py holds the languages together.
import { useEffect, useState } from 'preact/hooks';
import { useStore } from '../store';
import { type Language, language, setLanguage } from './language';

type Catalogue = Readonly<Record<string, string>>;
export type Values = Readonly<Record<string, string | number>>;
/** The keys to ask for: plurals without what follows `#`. */
export type KeyOf<T> = keyof T extends infer K ? (K extends `${infer Base}#${string}` ? Base : K & string) : never;
export type Translate<T> = (key: KeyOf<T>, values?: Values) => string;

const files = import.meta.glob<Catalogue>(['./*/*.json', '!./problems/*.json'], { import: 'default' });
const loaded = new Map<string, Catalogue>();
const wanted = new Set<string>(['common']);

const name = (area: string, of: Language) => `./${area}/${of}.json`;

/** Loads an area's words; at once if they are there. Throws when the files are gone, after a new deployment for one. */
export async function loadWords(area: string, of: Language = language.get()): Promise<void> {
  const path = name(area, of);
  wanted.add(area);
  if (loaded.has(path)) return;
  const load = files[path];
  if (!load) throw new Error(`there are no words ${path}`);
  loaded.set(path, await load());
}

/** Changes the language once all the words in use are there. */
export async function speak(next: Language): Promise<void> {
  await Promise.all([...wanted].map((area) => loadWords(area, next)));
  setLanguage(next);
}

function say(area: string, of: Language, key: string, values: Values): string {
  const catalogue = loaded.get(name(area, of)) ?? {};
  let text = catalogue[key];
  if (text === undefined && typeof values.count === 'number') {
    text = catalogue[`${key}#${new Intl.PluralRules(of).select(values.count)}`] ?? catalogue[`${key}#other`];
  }
  // Shown as it is, a missing key is found by whoever looks; the tests look first.
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (whole, placeholder: string) => {
    const value = values[placeholder];
    if (value === undefined) return whole;
    return typeof value === 'number' ? new Intl.NumberFormat(of).format(value) : value;
  });
}

/** The hook of one area, for its `index.ts`. */
export function areaOf<T extends object>(area: string): () => Translate<T> {
  return () => {
    const of = useStore(language);
    const [, again] = useState(0);
    const missing = !loaded.has(name(area, of));
    useEffect(() => {
      if (missing) void loadWords(area, of).then(() => again((count) => count + 1));
    }, [missing, of]);
    return (key, values = {}) => say(area, of, key, values);
  };
}
