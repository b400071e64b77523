import { type Catalogue, codeTextsOf } from '../codes';

/** What the doctor found, with `{placeholders}`, in the language spoken; as it came in English. */
export const useFindingWords = codeTextsOf(import.meta.glob<Catalogue>('./findings/*.json', { import: 'default' }));
