import { readdirSync } from 'node:fs';

/** What is no feature: all else under src/ is one, also what comes later. */
const SHARED = ['common', 'config', 'database', 'http'];
const FEATURES = readdirSync(new URL('./src', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !SHARED.includes(entry.name))
  .map(({ name }) => name)
  .join('|');

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Whoever reads one file of a circle has to read them all.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-feature-from-common',
      comment: 'What all features share must not drag one of them in.',
      severity: 'error',
      from: { path: '^src/(common|config|database|http)/' },
      to: { path: `^src/(${FEATURES})/` },
    },
    {
      name: 'no-data-of-others',
      comment:
        "A module's schemas and queries are its own: others ask its service. The import from Licode and back writes " +
        'the documents of all modules as they stand.',
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: '\\.spec\\.ts$|^src/licode-import/' },
      to: { path: '^src/[^/]+/.*\\.(repository|schema)\\.ts$', pathNot: '^src/$1/' },
    },
    {
      name: 'packages-stand-alone',
      comment: 'A package can be used without Nuvem.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^src/' },
    },
    {
      name: 'demo-is-a-customer',
      comment: 'The demo knows the API over HTTP alone.',
      severity: 'error',
      from: { path: '^src/app-demo/' },
      to: { path: '^src/', pathNot: '^src/app-demo/' },
    },
    {
      name: 'demo-is-started-by-the-process-alone',
      comment: 'Nothing of the control plane needs the demo.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(app-demo/|server\\.ts$)' },
      to: { path: '^src/app-demo/' },
    },
    {
      name: 'nobody-imports-tokens',
      comment: 'Tokens stand on top: placement, rooms and nodes know nothing of them.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(tokens|nuve|licode-import)/|^src/app\\.module\\.ts$' },
      to: { path: '^src/tokens/' },
    },
    {
      name: 'arrows-point-down',
      comment: 'tokens → placement → rooms → erizo-controllers → amqp, services.',
      severity: 'error',
      from: { path: '^src/(services|amqp)/' },
      to: { path: '^src/(erizo-controllers|rooms|placement|auth)/' },
    },
    {
      name: 'nodes-know-no-rooms',
      comment: 'tokens → placement → rooms → erizo-controllers → amqp, services.',
      severity: 'error',
      from: { path: '^src/erizo-controllers/' },
      to: { path: '^src/(rooms|placement)/' },
    },
    {
      name: 'rooms-know-no-placement',
      comment: 'tokens → placement → rooms → erizo-controllers → amqp, services.',
      severity: 'error',
      from: { path: '^src/rooms/' },
      to: { path: '^src/placement/' },
    },
    {
      name: 'features-know-no-nuve',
      comment: "Nuve's quirks stand in one place, and translate to the features.",
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/nuve/|^src/app\\.(module|setup)\\.ts$' },
      to: { path: '^src/nuve/' },
    },
    {
      name: 'environment-from-config-alone',
      comment: 'Only config/ reads the environment.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(config/|main\\.ts$)' },
      to: { path: '^node:process$|^process$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/page/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node'],
    },
  },
};
