import { buildPage } from '@nuvem/page-kit/build';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));

await buildPage({ name: 'console', source: `${root}src/`, target: `${root}dist/` });
