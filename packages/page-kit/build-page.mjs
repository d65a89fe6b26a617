import { build, context } from 'esbuild';
import { cp, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ICON = fileURLToPath(new URL('./src/icon.svg', import.meta.url));
const TSCONFIG = fileURLToPath(new URL('./tsconfig.json', import.meta.url));

/**
 * Bundles a page's script and styles into the folder that is served, with its HTML and the icon. With `--watch` on the
 * command line it goes on whenever a source changes.
 *
 * @param {{ name: string, source: string, target: string }} page `source` has main.ts, styles.css and `name`.html
 */
export async function buildPage({ name, source, target }) {
  await mkdir(target, { recursive: true });
  await cp(`${source}${name}.html`, `${target}${name}.html`);
  await cp(ICON, `${target}icon.svg`);

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
    tsconfig: TSCONFIG,
  };
  if (process.argv.includes('--watch')) await (await context(options)).watch();
  else await build(options);
}
