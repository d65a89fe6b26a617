// The limit: what a token costs with Fastify and the driver alone. The same signature check and the same database
// operations as the application's, one after the other, and nothing else: no Nest, no cache, no placement. With
// LIMIT_COALESCES it sends what concurrent requests want together, as the application does.
import Fastify from 'fastify';
import { MongoClient, ObjectId } from 'mongodb';
import { parseMAuth } from '@nuvem/client';
import { verifyMAuth } from '@nuvem/client/node';
import { FindBatcher } from '../dist/database/find-batcher.js';
import { InsertBatcher } from '../dist/database/insert-batcher.js';
import { encodeToken } from '../dist/tokens/token-string.js';

const { LIMIT_COALESCES, LIMIT_MONGODB_URI, LIMIT_SERVICES, TOKEN_KEY } = process.env;
const NODE_HOST = 'node.example:8080';
const WINDOW_MS = 300_000;
const TOKEN_TTL_MS = 86_400_000;
const ROOM = {
  name: 1,
  p2p: 1,
  data: 1,
  mediaConfiguration: 1,
  maxParticipants: 1,
  service: 1,
  erizoControllerId: 1,
  test: 1,
};

const services = new Map(
  JSON.parse(LIMIT_SERVICES).map(({ serviceId, key }) => [
    serviceId,
    { _id: new ObjectId(serviceId), key },
  ]),
);
const client = await MongoClient.connect(LIMIT_MONGODB_URI, {
  maxPoolSize: 50,
  writeConcern: { w: 'majority' },
});
const database = client.db();
const { insertNonce, insertToken, findRoom } = LIMIT_COALESCES ? coalesced() : single();

function single() {
  const [nonces, tokens, rooms] = ['nonces', 'tokens', 'rooms'].map((n) => database.collection(n));
  return {
    insertNonce: (nonce) =>
      nonces.insertOne(nonce).then(
        () => true,
        (error) => {
          if (error.code === 11_000) return false;
          throw error;
        },
      ),
    insertToken: (token) => tokens.insertOne(token),
    findRoom: (service, _id) => rooms.findOne({ _id, service }, { projection: ROOM }),
  };
}

function coalesced() {
  const nonces = new InsertBatcher(() => database, 'nonces');
  const tokens = new InsertBatcher(() => database, 'tokens');
  const rooms = new FindBatcher(database.collection('rooms'), 'service', ROOM);
  return {
    insertNonce: (nonce) => nonces.insert(nonce),
    insertToken: (token) => tokens.insert(token),
    findRoom: (service, _id) => rooms.find(service, _id),
  };
}

/** @returns the service that signed, or undefined */
async function authenticate(header) {
  const fields = parseMAuth(header);
  const service = fields && services.get(fields.serviceId);
  if (!service) return undefined;
  const { serviceId, timestamp, cnonce } = fields;
  const time = Number(timestamp);
  if (!(Math.abs(Date.now() - time) <= WINDOW_MS)) return undefined;
  if (!verifyMAuth(fields, service.key)) return undefined;
  const first = await insertNonce({
    _id: `${serviceId}:${timestamp}:${cnonce}`,
    expiresAt: new Date(time + WINDOW_MS),
  });
  if (!first) return undefined;
  return { _id: service._id, user: fields.user };
}

const app = Fastify();

app.post('/rooms/:room/tokens', async (request, reply) => {
  const service = await authenticate(request.headers.authorization);
  if (!service) return reply.status(401).send('');
  const _id = new ObjectId(request.params.room);
  const room = await findRoom(service._id, _id);
  if (!room) return reply.status(404).send('');
  const now = Date.now();
  const token = {
    _id: new ObjectId(),
    userName: service.user.username,
    room: room._id,
    role: service.user.role,
    service: room.service,
    creationDate: new Date(now),
    mediaConfiguration: room.mediaConfiguration ?? 'default',
    host: NODE_HOST,
    secure: true,
    expiresAt: new Date(now + TOKEN_TTL_MS),
  };
  await insertToken(token);
  return encodeToken(token._id.toHexString(), NODE_HOST, true, TOKEN_KEY);
});

app.get('/rooms/:room', async (request, reply) => {
  const service = await authenticate(request.headers.authorization);
  if (!service) return reply.status(401).send('');
  const _id = new ObjectId(request.params.room);
  const room = await findRoom(service._id, _id);
  return room ?? reply.status(404).send('');
});

const url = await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`The limit is ready: ${url}\n`);
process.once('SIGTERM', () => process.exit(0));
