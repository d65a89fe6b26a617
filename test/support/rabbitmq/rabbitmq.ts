import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const START_TIMEOUT_MS = 90_000;

/** Names of the virtual hosts that every private broker has, each a world of its own. */
export const VHOSTS = ['one', 'two', 'three', 'four'];

/**
 * A RabbitMQ of our own: free ports, node name, cookie, data folder and epmd are its own. It ends with
 * the process `ownerPid`, however that ends.
 */
export class PrivateRabbitMq {
  private server?: ChildProcess;

  private constructor(
    private readonly script: string,
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
    readonly port: number,
  ) {}

  static async start({
    folder,
    ownerPid = process.pid,
  }: { folder?: string; ownerPid?: number } = {}) {
    const script = serverScript();
    const home = folder ?? (await mkdtemp(join(tmpdir(), 'nuvem-rabbitmq-')));
    await mkdir(home, { recursive: true });
    const [port, distPort, epmdPort] = await freePorts(3);
    const epmd = spawn('epmd', ['-port', String(epmdPort), '-address', '127.0.0.1'], {
      detached: true,
      stdio: 'ignore',
    });
    epmd.on('error', () => undefined);
    epmd.unref();
    await writeFile(join(home, 'epmd.pid'), String(epmd.pid));
    await writeFile(join(home, 'definitions.json'), definitions());
    await writeFile(join(home, 'plugins'), '[].');
    await writeFile(
      join(home, 'rabbitmq.conf'),
      `load_definitions = ${join(home, 'definitions.json')}\nlog.file.level = warning\n`,
    );
    const broker = new PrivateRabbitMq(
      script,
      home,
      {
        ...process.env,
        ERL_EPMD_ADDRESS: '127.0.0.1',
        ERL_EPMD_PORT: String(epmdPort),
        HOME: home,
        RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq.conf'),
        RABBITMQ_DIST_PORT: String(distPort),
        RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'plugins'),
        RABBITMQ_LOG_BASE: join(home, 'log'),
        RABBITMQ_MNESIA_BASE: join(home, 'data'),
        RABBITMQ_NODENAME: `nuvem-${randomBytes(4).toString('hex')}@localhost`,
        RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
        RABBITMQ_NODE_PORT: String(port),
        // Busy waiting would take the cores that the tests need.
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none',
        // Makes the script become the server, so that its process id is the one to signal.
        RUNNING_UNDER_SYSTEMD: 'true',
      },
      port!,
    );
    reapAfter(ownerPid, home);
    await broker.up();
    return broker;
  }

  /** URL of one of the virtual hosts. */
  url(vhost: string = VHOSTS[0]!): string {
    return `amqp://guest:guest@127.0.0.1:${this.port}/${vhost}`;
  }

  /** Starts the server again after {@link down}; resolves when it takes connections. */
  async up(): Promise<void> {
    const log = openSync(join(this.folder, 'out.log'), 'a');
    const server = spawn(this.script, [], {
      cwd: this.folder,
      env: this.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    server.unref();
    this.server = server;
    await writeFile(join(this.folder, 'server.pid'), String(server.pid));
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await takesConnections(this.port))) {
      if (server.exitCode !== null || Date.now() > deadline) {
        throw new Error(
          `RabbitMQ did not start:\n${await readFile(join(this.folder, 'out.log'), 'utf8')}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Ends the server as a power cut would. */
  async down(): Promise<void> {
    const { server } = this;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    process.kill(server.pid!, 'SIGKILL');
    await ended;
  }

  /** Freezes the server: connections stay open and nothing answers. */
  pause(): void {
    process.kill(this.server!.pid!, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.server!.pid!, 'SIGCONT');
  }

  /** Raises the alarm of a broker that is short of memory, or ends it: while it lasts, who sends is held up. */
  async memoryAlarm(isOn: boolean): Promise<void> {
    const ctl = join(dirname(this.script), 'rabbitmqctl');
    const watermark = isOn ? '0.00001' : '0.6';
    await promisify(execFile)(ctl, ['set_vm_memory_high_watermark', watermark], {
      cwd: this.folder,
      env: this.env,
    });
  }

  /** Ends everything and removes the data. */
  async remove(): Promise<void> {
    await this.down();
    const epmd = Number(await readFile(join(this.folder, 'epmd.pid'), 'utf8'));
    if (epmd) process.kill(epmd, 'SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}

function definitions(): string {
  const salt = randomBytes(4);
  const hash = createHash('sha256').update(salt).update('guest').digest();
  return JSON.stringify({
    users: [
      {
        name: 'guest',
        password_hash: Buffer.concat([salt, hash]).toString('base64'),
        hashing_algorithm: 'rabbit_password_hashing_sha256',
        tags: 'administrator',
      },
    ],
    vhosts: VHOSTS.map((name) => ({ name })),
    permissions: VHOSTS.map((vhost) => ({
      user: 'guest',
      vhost,
      configure: '.*',
      write: '.*',
      read: '.*',
    })),
  });
}

/** A shell that outlives a test run killed at any point, and ends what that run started. */
function reapAfter(ownerPid: number, folder: string): void {
  const script = `
    while kill -0 ${ownerPid} 2>/dev/null && [ -d "$1" ]; do sleep 1; done
    [ -d "$1" ] || exit 0
    kill -9 $(cat "$1/server.pid") $(cat "$1/epmd.pid") 2>/dev/null
    sleep 1
    rm -rf "$1"`;
  spawn('sh', ['-c', script, 'sh', folder], { detached: true, stdio: 'ignore' }).unref();
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A broker that is up sends the first frame of the handshake. */
function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('AMQP\0\0\x09\x01'));
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', () => finish(true));
    socket.once('error', () => finish(false));
    socket.once('end', () => finish(false));
    socket.setTimeout(2000, () => finish(false));
  });
}

/** Debian's own wrapper in /usr/sbin insists on a user of its own; the script it calls does not. */
function serverScript(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter).concat('/usr/local/sbin');
  const found = ['/usr/lib/rabbitmq/bin', ...folders]
    .map((folder) => join(folder, 'rabbitmq-server'))
    .find((path) => existsSync(path));
  if (!found) {
    throw new Error('Install rabbitmq-server: these tests stop, hang and start one of their own');
  }
  return found;
}
