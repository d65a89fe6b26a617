import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DataDirectory } from '../support/nuvem-process.js';
import { eventually } from '../webhooks/support/webhook-app.js';
import { DemoFixture } from './support/demo-fixture.js';
import { newId, type FakeRoom, type FakeWebhook } from './support/fake-api.js';

let fixture: DemoFixture;

const webhooksOf = ({ api }: DemoFixture): FakeWebhook[] => [...api.webhooks.values()];

async function start(config: { port?: number; apiUrl?: string } = {}): Promise<DemoFixture> {
  const started = await DemoFixture.ready(config);
  await started.api.until(() => started.api.webhooks.size > 0);
  return started;
}

beforeAll(async () => {
  fixture = await start();
});

afterAll(() => fixture.close());

afterEach(() => fixture.api.rooms.clear());

function headersOf(body: string, secret: string, at = Date.now()): Record<string, string> {
  const time = String(Math.floor(at / 1000));
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`evt_1.${time}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': 'evt_1',
    'webhook-timestamp': time,
    'webhook-signature': `v1,AAAA v1,${signature}`,
  };
}

async function send(event: object, change: (headers: Record<string, string>) => object = (h) => h) {
  const body = JSON.stringify(event);
  const secret = webhooksOf(fixture)[0]?.secret ?? '';
  const headers = change(headersOf(body, secret)) as Record<string, string>;
  const answer = await fetch(`${fixture.demo.url}/webhook`, { method: 'POST', headers, body });
  return answer.status;
}

function eventOf(type: string, room: string, data: object): object {
  return { id: `evt_${newId()}`, type, roomId: room, data };
}

function addRoom(more: Partial<FakeRoom> = {}): string {
  const { _id: service } = fixture.api.service('nuvem-demo');
  const room = { _id: newId(), service, name: 'r', ...more };
  fixture.api.rooms.set(room._id, room);
  return room._id;
}

/** What the page of a room is told, in turn. */
async function follow(room: string): Promise<{ next: () => Promise<unknown>; stop: () => void }> {
  const stopping = new AbortController();
  const { body } = await fetch(`${fixture.demo.url}/roomNews/${room}`, {
    signal: stopping.signal,
  });
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    stop: () => stopping.abort(),
    async next() {
      for (;;) {
        const [, data, rest] = /data: (.*)\n\n([^]*)$/.exec(firstOf(text)) ?? [];
        if (data !== undefined && rest !== undefined) {
          text = text.slice(firstOf(text).length);
          return JSON.parse(data);
        }
        const { value, done } = await reader.read();
        if (done) throw new Error('The stream has ended');
        text += value;
      }
    },
  };
}

function firstOf(text: string): string {
  const end = text.indexOf('\n\n');
  return end === -1 ? '' : text.slice(0, end + 2);
}

describe("the demo's webhook", () => {
  it('is one, at its own address, also for who starts anew without having stopped', async () => {
    const [made] = webhooksOf(fixture);
    expect(made).toMatchObject({
      url: `${fixture.demo.url.replace('localhost', '127.0.0.1')}/webhook`,
      types: ['room.*', 'participant.*'],
    });
    const lost: FakeWebhook & { failingSince: string } = {
      ...made!,
      id: newId(),
      url: 'http://127.0.0.1:1/webhook',
      failingSince: new Date().toISOString(),
    };
    const other = await start();
    const port = new URL(other.demo.url).port;
    const [left] = webhooksOf(other);
    await other.close();
    const again = await DemoFixture.start({ port: Number(port) }, (api) => {
      api.webhooks.set(lost.id, lost);
      api.webhooks.set(left!.id, { ...left!, enabled: false });
    });
    try {
      await again.api.until(() => again.api.webhooks.get(left!.id)?.enabled === true);
      expect(webhooksOf(again).map(({ id }) => id)).toEqual([left!.id]);
      expect(webhooksOf(again)[0]?.secret).not.toBe(left!.secret);
    } finally {
      await again.close();
      expect(webhooksOf(again)).toEqual([]);
    }
  });

  it('takes what is signed, lately, and nothing else', async () => {
    const event = eventOf('participant.removed', newId(), { userName: 'Ben' });
    expect(await send(event)).toBe(204);
    const body = JSON.stringify(event);
    const secret = webhooksOf(fixture)[0]?.secret ?? '';
    expect(await send(event, () => ({ 'content-type': 'application/json' }))).toBe(401);
    expect(await send(event, () => headersOf(`${body} `, secret))).toBe(401);
    expect(await send(event, () => headersOf(body, 'whsec_AAAA'))).toBe(401);
    expect(await send(event, () => headersOf(body, secret, Date.now() - 301_000))).toBe(401);
  });
});

describe('the news of a room', () => {
  it('begin with its end, and are of this room alone, each once', async () => {
    const endsAt = new Date(Date.now() + 300_000).toISOString();
    const [room, other] = [addRoom({ endsAt }), addRoom()];
    const news = await follow(room);
    expect(await news.next()).toEqual({ type: 'ends', secondsLeft: expect.any(Number) });

    const removed = eventOf('participant.removed', room, { userName: 'Ben' });
    await send(eventOf('participant.removed', other, { userName: 'Eve' }));
    await send(removed);
    await send(removed);
    const later = new Date(Date.now() + 600_000).toISOString();
    await send(eventOf('room.ending', room, { endsAt: later, secondsLeft: 600 }));
    await send(eventOf('room.updated', room, { room: {} }));

    expect(await news.next()).toEqual({ type: 'removed', userName: 'Ben' });
    expect(await news.next()).toEqual({ type: 'ends', secondsLeft: expect.any(Number) });
    expect(await news.next()).toEqual({ type: 'ends', secondsLeft: null });
    news.stop();
  });

  it('are none of a room that is not there', async () => {
    expect((await fetch(`${fixture.demo.url}/roomNews/${newId()}`)).status).toBe(404);
  });

  it('end with the server', async () => {
    const own = await start();
    const { _id: service } = own.api.service('nuvem-demo');
    const room = { _id: newId(), service, name: 'r' };
    own.api.rooms.set(room._id, room);
    const { body } = await fetch(`${own.demo.url}/roomNews/${room._id}`);
    await own.close();
    expect(await new Response(body).text()).toContain('"ends"');
  });
});

it('makes a room that lasts so many minutes, and whose name is free then', async () => {
  const ask = (minutes: unknown) =>
    fetch(`${fixture.demo.url}/createToken`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'ann', role: 'presenter', room: 'short', minutes }),
    });
  for (const wrong of [0, 1441, '5', 1.5]) expect((await ask(wrong)).status).toBe(400);

  expect((await ask(30)).status).toBe(200);

  const [room] = fixture.api.rooms.values();
  expect(room).toMatchObject({ name: 'short', afterEnd: 'delete' });
  const left = Date.parse(room?.endsAt ?? '') - Date.now();
  expect(left).toBeGreaterThan(29 * 60_000);
  expect(left).toBeLessThanOrEqual(30 * 60_000);
});

it('is let through to by the process that runs both', async () => {
  const directory = await DataDirectory.make();
  try {
    const running = directory.start({ DEMO: 'true', DEMO_PORT: '0', DEMO_CONTROLLER_PORT: '0' });
    const superservice = await directory.client(await running.url());
    const services = await eventually(
      () => superservice.get('/v1/services'),
      ({ text }) => text.includes('"nuvem-demo"'),
    );
    const { items } = services.json as { items: { id: string; name: string }[] };
    const service = items.find(({ name }) => name === 'nuvem-demo')?.id ?? '';
    const headers = { 'nuvem-service': service };
    const { json } = await eventually(
      () => superservice.get('/v1/webhooks', { headers }),
      ({ text }) => text.includes('/webhook"'),
    );
    const [webhook] = (json as { items: { id: string }[] }).items;
    const test = await superservice.post(`/v1/webhooks/${webhook?.id}/test`, undefined, {
      headers,
    });
    expect(test.json).toMatchObject({ delivered: true, status: 204 });
  } finally {
    await directory.remove();
  }
});
