// Prints what the build weighs, and fails it when a first page asks for too much script.
import { gzipSync } from 'node:zlib';

/** JavaScript that the first page loads, gzip, in bytes: sign-in library included. */
const MOST = 120_000;

const weight = (chunk) => gzipSync(chunk.code ?? chunk.source).length;

/** A chunk and all it imports statically, by file name. */
function closure(bundle, name, seen = new Set()) {
  const chunk = bundle[name];
  if (!chunk || seen.has(name)) return seen;
  seen.add(name);
  for (const next of chunk.imports ?? []) closure(bundle, next, seen);
  return seen;
}

/** The plugin of Vite. */
export function sizes() {
  return {
    name: 'sizes',
    apply: 'build',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const named = (ending) => chunks.find((chunk) => chunk.facadeModuleId?.split('?')[0].endsWith(ending));
      const start = chunks.find((chunk) => chunk.isEntry);
      const sum = (files) => [...files].reduce((total, file) => total + weight(bundle[file]), 0);
      const shell = closure(bundle, start.fileName);
      const rest = (ending) => {
        const chunk = named(ending);
        return chunk ? sum([...closure(bundle, chunk.fileName)].filter((file) => !shell.has(file))) : 0;
      };
      const words = chunks.filter((chunk) => /\/words\/common\/en\.json$/.test(chunk.facadeModuleId ?? ''));
      const parts = {
        'shell and components': sum(shell),
        'words, English': words.reduce((total, chunk) => total + weight(chunk), 0),
        'sign-in library (after first paint)': rest('/session/msal.ts'),
        'connections page': rest('/pages/connections/index.tsx'),
      };
      const total = Object.values(parts).reduce((a, b) => a + b, 0);
      const styles = Object.values(bundle).filter((file) => file.fileName.endsWith('.css'));
      const line = (name, bytes) =>
        console.log(`  ${name.padEnd(38)} ${(bytes / 1000).toFixed(1).padStart(6)} kB gzip`);
      for (const [name, bytes] of Object.entries(parts)) line(name, bytes);
      line('JavaScript of the first page', total);
      // The heaviest page, for it draws charts: what one loads who comes to it first.
      const reports = rest('/pages/reports/index.tsx');
      const charts = total - parts['connections page'] + reports;
      line('reports page, charts included', reports);
      line('JavaScript where that is the first page', charts);
      line(
        'all styles',
        styles.reduce((sum, file) => sum + weight(file), 0),
      );
      line(
        'all JavaScript',
        chunks.reduce((sum, chunk) => sum + weight(chunk), 0),
      );
      const most = Math.max(total, charts);
      if (most > MOST) this.error(`a first page loads ${most} bytes of JavaScript (gzip), ${MOST} are allowed`);
    },
  };
}
