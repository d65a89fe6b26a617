import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { signMAuthSync } from '@nuvem/client/node';
import { FakeAmqpController } from '../test/support/rabbitmq/fake-amqp-controller.js';
import { PrivateRabbitMq } from '../test/support/rabbitmq/rabbitmq.js';

const NODES = Number(process.env['NODES'] ?? 200);
const BEAT_INTERVAL_MS = 1000;
const REDEMPTIONS_PER_SECOND = Number(process.env['REDEMPTIONS'] ?? 100);
const SECONDS = Number(process.env['SECONDS'] ?? 60);
const LIMIT_P99_MS = 1000;

const superservice = {
  serviceId: randomBytes(12).toString('hex'),
  key: randomBytes(32).toString('hex'),
};

/** How long answers took, and what went wrong. */
class Tally {
  private readonly timesMs: number[] = [];
  lost = 0;
  wrong = 0;

  async time(call: () => Promise<unknown>, isRight: (answer: unknown) => boolean): Promise<void> {
    const since = performance.now();
    try {
      if (!isRight(await call())) this.wrong += 1;
      this.timesMs.push(performance.now() - since);
    } catch {
      this.lost += 1;
    }
  }

  print(name: string): boolean {
    const sorted = this.timesMs.toSorted((a, b) => a - b);
    const at = (share: number) =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    const [p50, p99, max] = [at(0.5), at(0.99), at(1)].map((ms) => (ms ?? Infinity).toFixed(1));
    process.stdout.write(
      `${name.padEnd(12)} ${sorted.length} answered, ${this.lost} lost, ${this.wrong} wrong; ` +
        `p50 ${p50} ms, p99 ${p99} ms, max ${max} ms\n`,
    );
    return this.lost === 0 && this.wrong === 0 && Number(p99) < LIMIT_P99_MS;
  }
}

async function request(url: string, method: string, path: string, user?: string, body?: object) {
  const authorization = signMAuthSync({
    ...superservice,
    ...(user && { username: user, role: 'presenter' }),
  });
  const response = await fetch(url + path, {
    method,
    headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text;
}

async function startApp(amqpUrl: string, dataDir: string) {
  const app = spawn(process.execPath, ['dist/main.js'], {
    env: {
      PATH: process.env['PATH'],
      AMQP_URL: amqpUrl,
      ASSIGNMENT_STRATEGY: 'round-robin',
      DATA_DIR: dataDir,
      DEMO: 'false',
      LOG_LEVEL: 'warn',
      PORT: '0',
      SUPERSERVICE_ID: superservice.serviceId,
      SUPERSERVICE_KEY: superservice.key,
      TOKEN_KEY: randomBytes(32).toString('hex'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: app.stdout })) {
    const url = /http:\/\/[^ ]+/.exec(line)?.[0];
    if (line.includes('is ready') && url) return { app, url };
  }
  throw new Error('The application did not start');
}

/** Seconds of processor time that a process has used: the kernel counts in hundredths. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [user = 0, system = 0] = stat.split(') ')[1]?.split(' ').slice(11, 13).map(Number) ?? [];
  return (user + system) / 100;
}

/** Asks for a token over REST and redeems it as a node, which is what a join takes. */
async function enter(url: string, room: string, node: FakeAmqpController, redemptions: Tally) {
  const token = await request(url, 'POST', `/rooms/${room}/tokens`, 'ann');
  const { tokenId } = JSON.parse(Buffer.from(token, 'base64').toString()) as { tokenId: string };
  await redemptions.time(
    () => node.call('deleteToken', tokenId),
    (answer) => (answer as { _id?: string })._id === tokenId,
  );
}

async function run(url: string, brokerUrl: string, pid: number): Promise<boolean> {
  while ((await fetch(`${url}/health/ready`)).status !== 200) await sleep(100);
  const nodes: FakeAmqpController[] = [];
  for (let number = 0; number < NODES; number++) {
    nodes.push(
      await FakeAmqpController.start({ url: brokerUrl, hostname: `node-${number}.example` }),
    );
  }
  const rooms = await Promise.all(
    Array.from({ length: NODES }, async (_, number) => {
      const body = { name: `room ${number}` };
      return (JSON.parse(await request(url, 'POST', '/rooms', undefined, body)) as { _id: string })
        ._id;
    }),
  );
  const beats = new Tally();
  const redemptions = new Tally();
  const work: Promise<void>[] = [];
  const cpuBefore = await cpuSeconds(pid);
  const end = Date.now() + SECONDS * 1000;
  const beating = nodes.map(async (node, number) => {
    await sleep((number / NODES) * BEAT_INTERVAL_MS);
    while (Date.now() < end) {
      work.push(
        beats.time(
          () => node.call('keepAlive', node.id),
          (answer) => answer === 'ok',
        ),
      );
      await sleep(BEAT_INTERVAL_MS);
    }
  });
  let failed = 0;
  for (let index = 0; Date.now() < end; index++) {
    const joining = enter(url, rooms[index % NODES]!, nodes[index % NODES]!, redemptions);
    work.push(joining.catch(() => void (failed += 1)));
    await sleep(
      Math.max(
        0,
        end - SECONDS * 1000 + ((index + 1) * 1000) / REDEMPTIONS_PER_SECOND - Date.now(),
      ),
    );
  }
  await Promise.all(beating);
  await Promise.all(work);
  const { items } = JSON.parse(await request(url, 'GET', '/v1/nodes?limit=1000')) as {
    items: { id: string }[];
  };
  const kept = new Set(items.map(({ id }) => id));
  const evicted = nodes.filter(({ id }) => !kept.has(id)).length;
  process.stdout.write(
    `${NODES} nodes, one beat a second, ${REDEMPTIONS_PER_SECOND} joins a second, ${SECONDS} s\n`,
  );
  const cpu = ((await cpuSeconds(pid)) - cpuBefore) / SECONDS;
  process.stdout.write(
    `the application used ${cpu.toFixed(2)} processors, its database included\n`,
  );
  const right = [beats.print('keepAlive'), redemptions.print('deleteToken')];
  process.stdout.write(`evicted      ${evicted} of ${NODES} nodes; ${failed} tokens not issued\n`);
  return right.every(Boolean) && evicted === 0 && failed === 0;
}

const dataDir = await mkdtemp(join(tmpdir(), 'nuvem-bench-'));
const given = process.env['AMQP_URL'];
const broker = given ? undefined : await PrivateRabbitMq.start();
const brokerUrl = given ?? broker!.url();
let child: ChildProcess | undefined;
try {
  const { app, url } = await startApp(brokerUrl, dataDir);
  child = app;
  process.exitCode = (await run(url, brokerUrl, app.pid!)) ? 0 : 1;
} finally {
  await FakeAmqpController.stopAll();
  child?.kill('SIGTERM');
  await broker?.remove();
  await rm(dataDir, { recursive: true, force: true });
}
