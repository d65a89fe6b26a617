// Bundles the demo's pages (src/app-demo/page) into dist/app-demo/public, where the demo serves them.
import { build, context } from 'esbuild';
import { cp, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../src/app-demo/page/', import.meta.url));
const target = fileURLToPath(new URL('../dist/app-demo/public/', import.meta.url));

/** @type {import('esbuild').BuildOptions} */
const options = {
  entryPoints: {
    call: `${source}call/main.ts`,
    'call-styles': `${source}call/styles.css`,
    console: `${source}console/main.ts`,
    'console-styles': `${source}console/styles.css`,
  },
  outdir: target,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome111', 'firefox120', 'safari17'],
  legalComments: 'none',
  logLevel: 'warning',
  tsconfig: `${source}tsconfig.json`,
};

await mkdir(target, { recursive: true });
for (const page of ['call', 'console']) {
  await cp(`${source}${page}/${page}.html`, `${target}${page}.html`);
}
await cp(`${source}shared/icon.svg`, `${target}icon.svg`);

if (process.argv.includes('--watch')) await (await context(options)).watch();
else await build(options);
