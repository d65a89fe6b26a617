import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What the tests need besides Node, by Debian's package, and the variable that says where else it is. */
const NEEDED = [
  { name: 'rabbitmq-server', command: 'rabbitmq-server', given: 'AMQP_URL' },
  { name: 'chromium', command: 'chromium', given: 'CHROMIUM_PATH' },
  { name: 'zsh', command: 'zsh' },
];

/**
 * As root on Debian, installs what is missing. Elsewhere the tests that need it say so, each in one error.
 */
export function installMissing() {
  const missing = NEEDED.filter(
    ({ command, given }) => !process.env[given ?? ''] && !isOnPath(command),
  );
  if (missing.length === 0 || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  const names = missing.map(({ name }) => name);
  process.stdout.write(`Installing ${names.join(' and ')}\n`);
  // Run level 1 keeps RabbitMQ's package from starting a broker of its own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...names]]) {
    const { status, stderr } = spawnSync('apt-get', ['-qq', ...args], { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed:\n${stderr}`);
  }
}

function isOnPath(command) {
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/sbin', '/usr/local/sbin');
  return folders.some((folder) => existsSync(join(folder, command)));
}
