// npm run setup:test: what the tests need besides Node. As root on Debian it installs what is missing; elsewhere it
// names all of that in one error. `npm test` runs it first.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** By Debian's package and command; another one may be named in the variable. */
const NEEDED = [
  { name: 'rabbitmq-server', commands: ['rabbitmq-server'], given: 'AMQP_URL' },
  {
    name: 'chromium',
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    given: 'CHROMIUM_PATH',
  },
  { name: 'zsh', commands: ['zsh'] },
  { name: 'python3', commands: ['python3'] },
];

export function setUpTests() {
  const missing = NEEDED.filter(
    ({ commands, given }) => !isGiven(given) && !commands.some(isThere),
  );
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(' ');
  const install = `apt-get install -y --no-install-recommends ${names}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    const given = missing.flatMap((each) => each.given ?? []);
    const variables = given.length > 0 ? `, or say where they are in ${given.join(' and ')}` : '';
    throw new Error(`The tests need ${names}. On Debian: sudo ${install}${variables}`);
  }
  process.stdout.write(`Installing ${names}\n`);
  run('update');
  run(...install.split(' ').slice(1));
}

function isGiven(variable) {
  return variable !== undefined && Boolean(process.env[variable]);
}

/** Debian's RabbitMQ is not on every user's path. */
function isThere(command) {
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/sbin', '/usr/local/sbin');
  return folders.some((folder) => existsSync(join(folder, command)));
}

function run(...args) {
  // Run level 1 keeps RabbitMQ's package from starting a broker of its own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const { status, stderr } = spawnSync('apt-get', ['-qq', ...args], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed:\n${stderr}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    setUpTests();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
