import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Debian's own wrapper in /usr/sbin insists on a user of its own; the script it calls does not. */
const DEBIAN_SCRIPT = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** The path of `rabbitmq-server`; as root on Debian it is installed where it is missing. */
export function findRabbitMqServer(): string {
  const found = find();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    // Run level 1 keeps the package from starting a broker of its own.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    spawnSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' });
    execFileSync(
      'apt-get',
      ['install', '-y', '-qq', '--no-install-recommends', 'rabbitmq-server'],
      { env, stdio: 'ignore' },
    );
    const installed = find();
    if (installed) return installed;
  }
  throw new Error(
    'Install rabbitmq-server: these tests start one of their own, which they can stop, hang and start',
  );
}

function find(): string | undefined {
  const onPath = (process.env['PATH'] ?? '')
    .split(':')
    .concat('/usr/sbin', '/usr/local/sbin')
    .map((folder) => `${folder}/rabbitmq-server`);
  return [DEBIAN_SCRIPT, ...onPath].find((path) => existsSync(path));
}
