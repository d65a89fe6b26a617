// Bundles the pages of src/ into dist, from where they are served.
import { buildPage } from '@nuvem/page-kit/build';
import { fileURLToPath } from 'node:url';
import { buildErrorsPage } from './build-errors-page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const DOCS = `${root}dist/openapi/public/`;

/** Each page's sources, and the folder that is served. */
const PAGES = [
  {
    name: 'call',
    source: `${root}src/app-demo/page/call/`,
    target: `${root}dist/app-demo/public/`,
  },
  { name: 'docs', source: `${root}src/openapi/page/`, target: DOCS },
];

for (const page of PAGES) await buildPage(page);
await buildErrorsPage({
  text: `${root}docs/reference/errors.md`,
  source: `${root}src/openapi/errors-page/`,
  target: DOCS,
});
