import { createHmac, randomInt } from 'node:crypto';

let cnonce = randomInt(2 ** 40);

/** The signed head of a request, as Licode's clients make it, ready to be written to a socket. */
function head(method, path, { serviceId, key }, user) {
  const timestamp = Date.now();
  cnonce++;
  const signed = `${timestamp},${cnonce}${user ? `,${user},presenter` : ''}`;
  const hex = createHmac('sha1', key).update(signed).digest('hex');
  return (
    `${method} ${path} HTTP/1.1\r\nHost: nuvem\r\nAuthorization: MAuth realm=http://marte3.dit.upm.es,` +
    `mauth_signature_method=HMAC_SHA1,${user ? `mauth_username=${user},mauth_role=presenter,` : ''}` +
    `mauth_serviceid=${serviceId},mauth_cnonce=${cnonce},mauth_timestamp=${timestamp},` +
    `mauth_signature=${Buffer.from(hex).toString('base64')}\r\n`
  );
}

/** The head of a request under /v1, with HTTP Basic. */
function basicHead(method, path, { serviceId, key }) {
  const credentials = Buffer.from(`${serviceId}:${key}`).toString('base64');
  return `${method} ${path} HTTP/1.1\r\nHost: nuvem\r\nAuthorization: Basic ${credentials}\r\n`;
}

function withBody(start, body) {
  const text = JSON.stringify(body);
  return `${start}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

const pick = (list) => list[Math.floor(Math.random() * list.length)];

/**
 * The kinds of request, each a function that makes the next one. `rooms` are ids and `names` names of rooms of
 * the service that signs, `turn` counts the requests of a job, `prefix` begins the names that it makes.
 */
export const REQUESTS = {
  token: ({ rooms, service }) =>
    `${head('POST', `/rooms/${pick(rooms)}/tokens`, service, 'alice')}Content-Length: 0\r\n\r\n`,
  tokensInOrder: ({ rooms, service }, turn) =>
    `${head('POST', `/rooms/${rooms[turn]}/tokens`, service, 'alice')}Content-Length: 0\r\n\r\n`,
  tokenWithBasic: ({ rooms, service }) =>
    withBody(basicHead('POST', `/v1/rooms/${pick(rooms)}/tokens`, service), {
      userName: 'alice',
      role: 'presenter',
    }),
  listPage: ({ service, query }) => `${basicHead('GET', `/v1/rooms?${query}`, service)}\r\n`,
  readRoom: ({ rooms, service }) => `${head('GET', `/rooms/${pick(rooms)}`, service)}\r\n`,
  createRoom: ({ service, prefix }, turn) =>
    withBody(head('POST', '/rooms', service), { name: `${prefix}${turn}` }),
  getOrCreateRoom: ({ service, names }) =>
    withBody(head('POST', '/rooms', service), {
      name: pick(names),
      options: { getOrCreate: true },
    }),
  registerNode: ({ service, prefix }, turn) =>
    withBody(head('POST', '/v1/nodes', service), {
      ip: '192.0.2.1',
      hostname: `${prefix}${turn}.example`,
      port: 8080,
      secure: true,
    }),
  beat: ({ service, nodes }, turn) =>
    withBody(head('PUT', `/v1/nodes/${nodes[turn % nodes.length]}/heartbeat`, service), {
      state: 2,
      load: 3,
    }),
};
