// Fluent's design tokens as CSS custom properties: `virtual:tokens.css` declares those that a style sheet uses, each
// once for light and dark. The brand's colours are ours.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDarkTheme, createLightTheme } from '@fluentui/tokens';

const NAME = 'virtual:tokens.css';
const SOURCES = fileURLToPath(new URL('../src', import.meta.url));

/** From almost black to almost white, one hue; 80 is the accent of the patient's pages too. */
const BRAND = {
  10: '#000806',
  20: '#001611',
  30: '#01241e',
  40: '#02322a',
  50: '#033f35',
  60: '#044b3f',
  70: '#075c4e',
  80: '#0f6c5c',
  90: '#01806c',
  100: '#308f7c',
  110: '#4b9f8d',
  120: '#63af9e',
  130: '#7abfaf',
  140: '#98d2c4',
  150: '#bfe6dc',
  160: '#e3f5f0',
};

// Our own names have hyphens or are one word.
/** What the style sheets below `src` ask for. */
function used() {
  const files = readdirSync(SOURCES, { recursive: true }).filter((file) => file.endsWith('.css'));
  const text = files.map((file) => readFileSync(join(SOURCES, file), 'utf8')).join('\n');
  return [...new Set([...text.matchAll(/var\(--([a-z]+[A-Z0-9][A-Za-z0-9]*)[,)]/g)].map(([, name]) => name))].sort();
}

/** The declarations. Throws for a name that is no token: it would be invalid without a word. */
export function declarations() {
  const light = createLightTheme(BRAND);
  // Fluent's step for links on a dark card reaches 4.5:1 with its own blue only.
  const links = { colorBrandForegroundLink: BRAND[120], colorBrandForegroundLinkHover: BRAND[130] };
  const dark = { ...createDarkTheme(BRAND), ...links };
  const names = used();
  const unknown = names.filter((name) => !(name in light));
  if (unknown.length) throw new Error(`no Fluent token: ${unknown.join(', ')}`);
  // Only a colour may stand in light-dark(): a whole shadow differs by its colours, which are tokens of their own.
  const value = (name) => (light[name] === dark[name] ? light[name] : `light-dark(${light[name]}, ${dark[name]})`);
  return `:root {\n${names.map((name) => `  --${name}: ${value(name)};`).join('\n')}\n}\n`;
}

/** The plugin of Vite. */
export function tokens() {
  return {
    name: 'tokens',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load: (id) => (id === `\0${NAME}` ? declarations() : undefined),
  };
}
