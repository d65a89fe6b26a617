import { readdirSync } from 'node:fs';

/** What is no feature: all else under src/ is one, also what comes later. */
const SHARED = ['common', 'config', 'database', 'http'];
const FEATURES = readdirSync(new URL('./src', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !SHARED.includes(entry.name))
  .map(({ name }) => name)
  .join('|');

/** One rule, and why. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    forbid(
      'no-cycles',
      'Whoever reads one file of a circle has to read them all.',
      {},
      { circular: true },
    ),
    forbid(
      'no-feature-from-common',
      'What all features share must not drag one of them in.',
      { path: '^src/(common|config|database|http)/' },
      { path: `^src/(${FEATURES})/` },
    ),
    forbid(
      'no-data-of-others',
      "A module's schemas and queries are its own: others ask its service. The import from Licode and back writes " +
        'the documents of all modules as they stand.',
      { path: '^src/([^/]+)/', pathNot: '\\.spec\\.ts$|^src/licode-import/' },
      { path: '^src/[^/]+/.*\\.(repository|schema)\\.ts$', pathNot: '^src/$1/' },
    ),
    forbid(
      'packages-stand-alone',
      'A package can be used without Nuvem.',
      { path: '^packages/' },
      { path: '^src/' },
    ),
    forbid(
      'demo-is-a-customer',
      'The demo knows the API over HTTP alone.',
      { path: '^src/app-demo/' },
      { path: '^src/', pathNot: '^src/app-demo/' },
    ),
    forbid(
      'demo-is-started-by-the-process-alone',
      'Nothing of the control plane needs the demo.',
      { path: '^src/', pathNot: '^src/(app-demo/|server\\.ts$)' },
      { path: '^src/app-demo/' },
    ),
    forbid(
      'nobody-imports-tokens',
      'Tokens stand on top: placement, rooms and nodes know nothing of them. Who is in a room came by one, so that ' +
        'participants ask. The document lists the events of all.',
      {
        path: '^src/',
        pathNot:
          '^src/(tokens|participants|nuve|licode-import|openapi/document/events)/|^src/app\\.module\\.ts$',
      },
      { path: '^src/tokens/' },
    ),
    forbid(
      'nobody-imports-participants',
      "Participants stand above tokens: what lets people in asks nothing of who is in. Nuve's routes list and remove them. " +
        'The document lists their events.',
      {
        path: '^src/',
        pathNot:
          '^src/(participants|nuve|licode-import|openapi/document/events)/|^src/app\\.module\\.ts$',
      },
      { path: '^src/participants/' },
    ),
    forbid(
      'arrows-point-down',
      'participants → tokens → placement → rooms → erizo-controllers → amqp, services.',
      { path: '^src/(services|amqp)/' },
      { path: '^src/(erizo-controllers|rooms|placement|participants)/' },
    ),
    forbid(
      'sign-in-asks-services',
      'auth → services; the routes of services alone say who may call them.',
      { path: '^src/(services|amqp)/', pathNot: '\\.controller\\.ts$' },
      { path: '^src/auth/' },
    ),
    forbid(
      'nodes-know-no-rooms',
      'participants → tokens → placement → rooms → erizo-controllers → amqp, services.',
      { path: '^src/erizo-controllers/' },
      { path: '^src/(rooms|placement)/' },
    ),
    forbid(
      'rooms-know-no-placement',
      'participants → tokens → placement → rooms → erizo-controllers → amqp, services.',
      { path: '^src/rooms/' },
      { path: '^src/placement/' },
    ),
    forbid(
      'features-know-no-nuve',
      "Nuve's quirks stand in one place, and translate to the features.",
      { path: '^src/', pathNot: '^src/nuve/|^src/app\\.(module|setup)\\.ts$' },
      { path: '^src/nuve/' },
    ),
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
