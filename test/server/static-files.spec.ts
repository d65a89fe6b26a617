import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { DataDirectory, type NuvemProcess } from '../support/nuvem-process.js';
import { openFiles } from '../support/open-files.js';
import { openSocket, statusOf } from '../support/network/raw-http.js';
import { startOnThreePorts, type ThreePorts } from '../support/three-ports.js';

jest.setTimeout(120_000);

let directory: DataDirectory;
let running: NuvemProcess;
let urls: ThreePorts['urls'];

beforeAll(async () => {
  directory = await DataDirectory.make();
  ({ running, urls } = await startOnThreePorts(directory));
});

afterAll(() => directory.remove());

/** Asks for a file many times on one connection, and drops it as soon as the first bytes come. */
async function askAndDrop(url: string, path: string): Promise<void> {
  const socket = await openSocket(url);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(10));
  await once(socket, 'data');
  socket.resetAndDestroy();
}

describe('files', () => {
  it.each([
    ['api', '/docs'],
    ['api', '/docs/swagger-ui-bundle.js'],
    ['api', '/docs/docs.js'],
    ['demo', '/'],
    ['demo', '/assets/call.js'],
    ['node', '/socket.io/socket.io.js'],
  ] as const)(
    'of the %s are not left open by clients that drop the connection: %s',
    async (server, path) => {
      const before = await openFiles(running.pid);
      await Promise.all(Array.from({ length: 40 }, () => askAndDrop(urls[server], path)));
      expect((await fetch(urls[server] + path)).status).toBeLessThan(500);
      expect(await openFiles(running.pid)).toEqual(before);
    },
  );

  it('are sent once only while they are the same', async () => {
    const url = `${urls.api}/docs/swagger-ui.css`;
    const first = await fetch(url);
    const etag = first.headers.get('etag') ?? '';
    expect([first.status, first.headers.get('content-type')]).toEqual([
      200,
      'text/css; charset=utf-8',
    ]);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await fetch(url, { headers: { 'if-none-match': known } });
      expect([again.status, await again.text()]).toEqual([304, '']);
    }
    const head = await fetch(url, { method: 'HEAD', headers: { 'if-none-match': '"other"' } });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(String((await first.blob()).size));
  });
});

const FOLDERS = ['/docs', '/docs/', '/assets/', '/'];
const ENDINGS = [
  ['', '.', '..', './', '../', '/', '//', '*', ':', ';', '?', '#', '?a[]=b', '~', '|', '"', '<'],
  ['..%2f', '%2e%2e%2fpackage.json', '..%2f..%2f..%2fetc%2fpasswd', '%2f', '%2f%2f', '%252f'],
  ['%00', 'index.css%00', 'x%00.css', '\\', '..\\', '%5c', '..%5c..%5c', 'a\\b', '%3a', '%3f'],
  ['%', '%z', '%zz', '%c0%af', '%ff', '%F0%9F', '\xe4', '%e4', '%20', '%0d%0a', '%09', '%7f'],
  ['__proto__', 'constructor', 'con', 'package.json', 'index.html', 'index.css', 'index.css/'],
  ['index.css/x', 'index.css%2f..', 'call.js', 'call.js/', 'CALL.JS', 'call.js?x', '.env', '.'],
  ['x'.repeat(300), 'x'.repeat(5_000), '%41'.repeat(1_000), '../'.repeat(100), 'a/'.repeat(300)],
].flat();
const HEADERS = [
  ['99999999-', '-0', '5-1', '0-0,1-1', '', 'x-y', '-', '0-99999999999999999999'].map(
    (range) => `Range: bytes=${range}`,
  ),
  ['Range: lines=1', 'Range: x', 'If-Range: x\r\nRange: bytes=0-1', 'If-Range: "x"'],
  ['If-Match: "x"', 'If-Match: x', 'If-Match: *', 'If-None-Match: "', 'If-None-Match: ,,"x",'],
  ['Modified', 'Unmodified'].flatMap((kind) =>
    ['x', '0', 'Thu, 01 Jan 1970 00:00:00 GMT', 'Thu, 01 Jan 2099 00:00:00 GMT'].map(
      (date) => `If-${kind}-Since: ${date}`,
    ),
  ),
  ['br;q=x', 'gzip', '*;q=0', 'identity;q=0', ',,;'].map((value) => `Accept-Encoding: ${value}`),
  ['Accept: ;q', 'Accept: application/json', 'TE: trailers', 'Upgrade: h2c', 'Expect: x'],
  ['Content-Type: x', 'Content-Length: 0', 'Origin: null', 'Authorization: x', 'Cookie: ;=;'],
  ['Connection: Upgrade\r\nUpgrade: websocket'],
].flat();

/** Every path with no header of its own, every header on the paths that lead somewhere. */
const ODD = [
  ...FOLDERS.flatMap((folder) => ENDINGS.map((ending) => ({ path: folder + ending, header: '' }))),
  ...['/docs', '/docs/index.css', '/docs/..%2f', '/', '/assets/call.js', '/assets/none.js'].flatMap(
    (path) => HEADERS.map((header) => ({ path, header })),
  ),
];

describe.each(['api', 'demo'] as const)('odd paths and headers at the %s', (server) => {
  it.each(['GET', 'HEAD', 'POST', 'OPTIONS'])(
    'of %s are never the fault of the server',
    async (method) => {
      const faults: unknown[] = [];
      const rest = ODD.values();
      const ask = async (): Promise<void> => {
        for (const { path, header } of rest) {
          const head = [`${method} ${path} HTTP/1.1`, 'Host: x', 'Connection: close', header];
          const bytes = `${head.filter(Boolean).join('\r\n')}\r\n\r\n`;
          const status = await statusOf(urls[server], bytes);
          if (status === undefined || status >= 500) faults.push({ path, header, status });
        }
      };
      await Promise.all(Array.from({ length: 8 }, ask));
      expect(faults).toEqual([]);
    },
  );
});
