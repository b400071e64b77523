// Writes src/api/schema.d.ts, the API's types, from docs/openapi.json. The file is never edited and never committed.
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const source = new URL('../../docs/openapi.json', import.meta.url);
const target = new URL('../src/api/schema.d.ts', import.meta.url);
const text = `// Made by build/types.mjs from docs/openapi.json.\n${astToString(await openapiTS(source, { alphabetize: true }))}`;
let before = '';
try {
  before = readFileSync(target, 'utf8');
} catch {
  // The first time.
}
if (before !== text) writeFileSync(target, text);
