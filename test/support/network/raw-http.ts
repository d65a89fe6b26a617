import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** A connection to where a URL leads, for bytes that no HTTP client sends. Whatever ends it is no error. */
export async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** The status that these bytes are answered with; undefined when the connection ends without an answer. */
export async function statusOf(url: string, bytes: string): Promise<number | undefined> {
  const socket = await openSocket(url);
  socket.write(bytes, 'latin1');
  const answer = await text(socket).catch(() => '');
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1];
  return status === undefined ? undefined : Number(status);
}
