// Bundles the pages of src/ into dist, from where they are served.
import { buildPage } from '@nuvem/page-kit/build';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Each page's sources, and the folder that is served. */
const PAGES = [
  { name: 'call', source: 'src/app-demo/page/call/', target: 'dist/app-demo/public/' },
  { name: 'docs', source: 'src/openapi/page/', target: 'dist/openapi/public/' },
];

for (const { name, source, target } of PAGES) {
  await buildPage({ name, source: root + source, target: root + target });
}
