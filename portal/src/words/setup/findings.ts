import { type Catalogue, codeTextsOf } from '../codes';

/** What is wrong with a template, in the language spoken; as it came in English. */
export const useTemplateWords = codeTextsOf(import.meta.glob<Catalogue>('./findings/*.json', { import: 'default' }));
