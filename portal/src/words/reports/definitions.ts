// The definitions of the reports in the reader's language. They stand once, in the API's code, in English; the other
// languages have each sentence by the English one, so that none can outlive it.
import { useEffect, useState } from 'preact/hooks';
import { useStore } from '../../store';
import { type Language, language } from '../language';

type Sentences = Readonly<Record<string, string>>;

const files = import.meta.glob<Sentences>('./definitions/*.json', { import: 'default' });
const loaded = new Map<Language, Sentences>();

/** The sentence as an element's content; as it came, and marked as English, where there are no words for it. */
export function useDefinitionText(): (english: string) => { children: string; lang?: string } {
  const of = useStore(language);
  const [, again] = useState(0);
  useEffect(() => {
    const load = files[`./definitions/${of}.json`];
    if (!load || loaded.has(of)) return;
    void load().then((sentences) => {
      loaded.set(of, sentences);
      again((count) => count + 1);
    });
  }, [of]);
  return (english) => {
    const said = loaded.get(of)?.[english];
    return said ? { children: said, lang: of } : { children: english, lang: 'en' };
  };
}
