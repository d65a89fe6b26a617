import { createServer } from 'node:http';
import { Api } from '../support/api.mjs';
import { createService, startApp, startNodes } from '../support/app.mjs';
import { median } from '../support/numbers.mjs';
import { inPairs } from '../support/pairs.mjs';
import { cpuTime } from '../support/process-stats.mjs';

const IN_FLIGHT = 20;
/** So many joins a node tells of at once. */
const TOLD_AT_ONCE = 20;
const ROOMS = 10;
const JOINS_A_SECOND = 200;
const LATENCY_MS = 250;

/** What webhooks are sent to: it notes when each event came. */
class Receiver {
  came = new Map();
  count = 0;
  waiting = [];

  async start() {
    this.server = createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(204).end();
        this.note(JSON.parse(Buffer.concat(chunks)));
      });
    });
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}/`;
  }

  note({ type, data }) {
    this.count++;
    if (type === 'participant.joined') this.came.set(data.participant.userName, performance.now());
    this.waiting = this.waiting.filter(({ isSo, resolve }) => !isSo() || resolve());
  }

  until(isSo) {
    if (isSo()) return undefined;
    return new Promise((resolve) => this.waiting.push({ isSo, resolve }));
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** A tenant whose participants enter, and are told of by their node. */
class Entrance {
  constructor(api, node, nodeId, rooms) {
    Object.assign(this, { api, node, nodeId, rooms });
  }

  static async open(url, { tenant, nodeService, nodeId }) {
    const api = new Api(url, tenant);
    const rooms = [];
    for (let turn = 0; turn < ROOMS; turn++) {
      rooms.push((await api.post('/v1/rooms', { name: `room-${turn}` })).id);
    }
    return new Entrance(api, new Api(url, nodeService), nodeId, rooms);
  }

  async enter(userName, turn) {
    const room = this.rooms[turn % ROOMS];
    const body = { userName, role: 'presenter' };
    const { id, token } = await this.api.post(`/v1/rooms/${room}/tokens`, body);
    await this.node.post('/v1/tokens/redeem', { token });
    return { roomId: room, participantId: userName, userName, tokenId: id };
  }

  tell(joined) {
    return this.node.post(`/v1/nodes/${this.nodeId}/participants`, { joined });
  }

  async crowd(count, prefix) {
    let turn = 0;
    const one = async () => {
      let joined = [];
      while (turn < count) {
        const own = turn++;
        joined.push(await this.enter(`${prefix}-${own}`, own));
        if (joined.length < TOLD_AT_ONCE) continue;
        await this.tell(joined);
        joined = [];
      }
      if (joined.length > 0) await this.tell(joined);
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  }
}

/** What the event log, sessions and a webhook cost a token and its redemption, and how soon an event is told. */
export async function eventCosts(bench, place) {
  const receiver = new Receiver();
  await receiver.start();
  const app = await startApp(place, { WEBHOOK_ALLOW_SUBNETS: '127.0.0.0/8' });
  const nodeService = await createService(app.said, 'nodes', 'node');
  const nodes = await startNodes(app.said, nodeService, 1);
  const open = async (name) => {
    const tenant = await createService(app.said, name, 'tenant');
    return Entrance.open(app.said, { tenant, nodeService, nodeId: nodes.ids[0] });
  };
  const plain = await open('plain');
  const logged = await open('logged');
  await logged.api.patch(`/v1/services/${logged.api.service.serviceId}`, { eventLog: 'on' });
  await logged.api.post('/v1/webhooks', { url: receiver.url });
  // Within a second every instance knows of the log.
  await new Promise((resolve) => setTimeout(resolve, 1_200));

  const count = bench.quick ? 1_500 : 3_000;
  let rounds = 0;
  const perEntry = (entrance, settle) => async () => {
    const before = cpuTime(app.pid);
    await entrance.crowd(count, `${(rounds += 1)}`);
    await settle?.();
    return ((cpuTime(app.pid) - before) / count) * 1000;
  };
  let told = 0;
  // Each entry is a redemption and a join.
  const settled = async () => {
    told += 2 * count;
    await receiver.until(() => receiver.count >= told);
  };
  await perEntry(plain)();
  await perEntry(logged, settled)();
  const result = await inPairs(bench.fewRounds, perEntry(logged, settled), perEntry(plain));
  const name = 'CPU time per token and redemption, with log, sessions and a webhook';
  bench.report({ name, unit: ' µs', against: 'with none', ...result, atMost: 1.25 });

  await latency(bench, logged, receiver);
  nodes.stop();
  await app.stop();
  receiver.stop();
}

async function latency(bench, entrance, receiver) {
  const seconds = bench.quick ? 2 : 10;
  const joined = [];
  for (let turn = 0; turn < JOINS_A_SECOND * seconds; turn++) {
    joined.push(await entrance.enter(`late-${turn}`, turn));
  }
  const toldAt = new Map();
  const start = performance.now();
  for (const [turn, who] of joined.entries()) {
    const wait = start + (turn * 1000) / JOINS_A_SECOND - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    toldAt.set(who.userName, performance.now());
    entrance.tell([who]).catch(() => undefined);
  }
  await receiver.until(() => joined.every(({ userName }) => receiver.came.has(userName)));
  const times = joined.map(({ userName }) => receiver.came.get(userName) - toldAt.get(userName));
  const value = median(times);
  const name = `from a join to its webhook, ${JOINS_A_SECOND} a second, in the middle`;
  const reference = LATENCY_MS;
  const row = { value, reference, ratio: value / reference, atMost: 1 };
  bench.report({ name, unit: ' ms', against: 'the goal', ...row });
}
