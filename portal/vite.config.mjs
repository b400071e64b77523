// How the portal becomes static files. What the browsers of a hospital must know is below, and nothing older is served.
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { sizes } from './build/sizes.mjs';
import { tokens } from './build/tokens.mjs';

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));
// light-dark() came with these; all are from spring 2024 or before.
const browsers = ['chrome123', 'edge123', 'firefox125', 'safari17.5'];

// The components by themselves, for tests: see gallery/gallery.tsx.
const gallery = Boolean(process.env.GALLERY);

export default defineConfig({
  ...(gallery && { root: 'gallery', publicDir: '../public' }),
  plugins: [tokens(), ...(gallery ? [] : [sizes()])],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  define: { __VERSION__: JSON.stringify(version) },
  build: {
    outDir: process.env.PORTAL_OUT ?? 'dist',
    emptyOutDir: true,
    target: browsers,
    cssTarget: browsers,
    reportCompressedSize: false,
    // An inlined file would need data: in the policy.
    assetsInlineLimit: 0,
    // Every browser above knows modulepreload.
    modulePreload: { polyfill: false },
  },
});
