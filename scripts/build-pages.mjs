// Bundles the pages (src/*/page) into dist, where the application and the demo serve them.
import { build, context } from 'esbuild';
import { cp, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Each page's sources, and the folder that is served. */
const PAGES = [
  {
    name: 'call',
    source: `${root}src/app-demo/page/call/`,
    target: `${root}dist/app-demo/public/`,
  },
  { name: 'console', source: `${root}src/console/page/`, target: `${root}dist/console/public/` },
];

for (const { name, source, target } of PAGES) {
  await mkdir(target, { recursive: true });
  await cp(`${source}${name}.html`, `${target}${name}.html`);
  await cp(`${root}src/common/page/icon.svg`, `${target}icon.svg`);

  /** @type {import('esbuild').BuildOptions} */
  const options = {
    entryPoints: { [name]: `${source}main.ts`, [`${name}-styles`]: `${source}styles.css` },
    outdir: target,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome111', 'firefox120', 'safari17'],
    legalComments: 'none',
    logLevel: 'warning',
    tsconfig: `${root}src/common/page/tsconfig.json`,
  };
  if (process.argv.includes('--watch')) await (await context(options)).watch();
  else await build(options);
}
