// The limit: what a token costs with Fastify and the driver alone. The same signature check and the same database
// operations as the application's, one after the other, and nothing else: no Nest, no cache, no placement.
import Fastify from 'fastify';
import { MongoClient, ObjectId } from 'mongodb';
import { parseMAuth, verifyMAuth } from '../dist/common/mauth.js';
import { encodeToken } from '../dist/tokens/token-string.js';

const { LIMIT_MONGODB_URI, LIMIT_SERVICES, TOKEN_KEY } = process.env;
const NODE_HOST = 'node.example:8080';
const WINDOW_MS = 300_000;
const TOKEN_TTL_MS = 86_400_000;
const ROOM = { name: 1, p2p: 1, data: 1, mediaConfiguration: 1, maxParticipants: 1 };
const ROOM_FOR_TOKEN = { ...ROOM, service: 1, erizoControllerId: 1, test: 1 };

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
const nonces = database.collection('nonces');
const rooms = database.collection('rooms');
const tokens = database.collection('tokens');

/** @returns the service that signed, or undefined */
async function authenticate(header) {
  const fields = parseMAuth(header);
  const service = fields && services.get(fields.serviceId);
  if (!service) return undefined;
  const { serviceId, timestamp, cnonce } = fields;
  const time = Number(timestamp);
  if (!(Math.abs(Date.now() - time) <= WINDOW_MS)) return undefined;
  if (!verifyMAuth(fields, service.key)) return undefined;
  try {
    await nonces.insertOne({
      _id: `${serviceId}:${timestamp}:${cnonce}`,
      expiresAt: new Date(time + WINDOW_MS),
    });
  } catch (error) {
    if (error.code === 11_000) return undefined;
    throw error;
  }
  return { _id: service._id, user: fields.user };
}

const app = Fastify();

app.post('/rooms/:room/tokens', async (request, reply) => {
  const service = await authenticate(request.headers.authorization);
  if (!service) return reply.status(401).send('');
  const _id = new ObjectId(request.params.room);
  const room = await rooms.findOne({ _id, service: service._id }, { projection: ROOM_FOR_TOKEN });
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
  await tokens.insertOne(token);
  return encodeToken(token._id.toHexString(), NODE_HOST, true, TOKEN_KEY);
});

app.get('/rooms/:room', async (request, reply) => {
  const service = await authenticate(request.headers.authorization);
  if (!service) return reply.status(401).send('');
  const _id = new ObjectId(request.params.room);
  const room = await rooms.findOne({ _id, service: service._id }, { projection: ROOM });
  return room ?? reply.status(404).send('');
});

const url = await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`The limit is ready: ${url}\n`);
process.once('SIGTERM', () => process.exit(0));
