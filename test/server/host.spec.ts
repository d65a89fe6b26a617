import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OWN_ADDRESS } from '../support/network/own-address.js';
import { DataDirectory } from '../support/nuvem-process.js';

jest.setTimeout(120_000);

const WITH_DEMO = { DEMO: 'true', PORT: '0', DEMO_PORT: '0', DEMO_CONTROLLER_PORT: '0' };

let directory: DataDirectory;

beforeEach(async () => {
  directory = await DataDirectory.make();
});

afterEach(() => directory.remove());

async function statusOf(url: string): Promise<number> {
  return (await fetch(url)).status;
}

describe('a process that listens on', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', 'localhost'],
    ['localhost', 'localhost', 'localhost'],
    ['0.0.0.0', '127.0.0.1', 'localhost'],
    ['::', '127.0.0.1', 'localhost'],
    ['::1', '[::1]', '[::1]'],
    [OWN_ADDRESS, OWN_ADDRESS, OWN_ADDRESS],
  ])('%s prints addresses that lead to it, and its node is reached', async (HOST, api, demo) => {
    const running = directory.start({ ...WITH_DEMO, HOST });
    const apiUrl = await running.url();
    const demoUrl = await running.demoUrl();
    expect([apiUrl, demoUrl].map((url) => url.replace(/:\d+$/, ''))).toEqual([
      `http://${api}`,
      `http://${demo}`,
    ]);
    expect(await statusOf(`${apiUrl}/health/ready`)).toBe(200);
    expect(await statusOf(demoUrl)).toBe(200);

    await running.wrote(/Node \w+ registered as (localhost|\[::1\]|[\d.]+):\d/);
    const response = await fetch(`${demoUrl}/createToken`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'ann', role: 'presenter', type: 'p2p' }),
    });
    const text = Buffer.from(await response.text(), 'base64').toString('utf8');
    const { host } = JSON.parse(text) as { host: string };
    expect(await statusOf(`http://${host}/socket.io/?EIO=4&transport=polling`)).not.toBe(404);

    // The API reaches the node as well: it alone knows who is in a room.
    const rooms = (await (await fetch(`${demoUrl}/getRooms`)).json()) as { _id: string }[];
    const users = await fetch(`${demoUrl}/getUsers/${rooms[0]?._id}`);
    expect([users.status, await users.json()]).toEqual([200, []]);
  });

  it.each(['0.0.0.0', '::'])('%s says what browsers on other machines still need', async (HOST) => {
    const running = directory.start({ ...WITH_DEMO, HOST });
    const [line] = await running.wrote(/\{.*DEMO_NODE_PUBLIC_URL.*\}/);
    expect(line).toContain('"level":40');
    await running.wrote(/\{.*the console on port \d+ of its own host.* set PUBLIC_URL.*\}/);
  });
});

it.each([
  ['https://calls.example', 'calls.example:443', true],
  ['http://[2001:db8::5]:8081', '[2001:db8::5]:8081', false],
])('a node at %s registers with its host, port and TLS', async (url, host, secure) => {
  const running = directory.start({ ...WITH_DEMO, DEMO_NODE_PUBLIC_URL: url });
  await running.wrote(/Node \w+ registered/);
  const response = await fetch(`${await running.demoUrl()}/createToken`, {
    method: 'POST',
    body: new URLSearchParams({ username: 'ann', role: 'presenter', type: 'p2p' }),
  });
  const token: unknown = JSON.parse(Buffer.from(await response.text(), 'base64').toString());
  expect(token).toMatchObject({ host, secure });
});

describe('a public address', () => {
  it.each([
    ['PUBLIC_URL', 'nuvem.example'],
    ['PUBLIC_URL', 'ftp://nuvem.example'],
    ['PUBLIC_URL', 'https://user:secret@nuvem.example'],
    ['DEMO_PUBLIC_URL', 'https://nuvem.example/?x=1'],
    ['DEMO_NODE_PUBLIC_URL', 'https://nuvem.example/calls'],
    ['DEMO_NODE_PUBLIC_URL', 'http://['],
  ])('is refused with its name when it is none: %s=%s', async (name, value) => {
    const refused = directory.start({ ...WITH_DEMO, [name]: value });
    expect(await refused.exitCode()).toBe(1);
    expect(refused.output).toContain(`${name}: must be an http:// or https:// URL`);
  });
});
