import type { Schema } from 'mongoose';
import { ActivitySchema } from '../activity/activity.schema.js';
import { NonceSchema } from '../auth/schemas/nonce.schema.js';
import { BanSchema } from '../bans/schemas/ban.schema.js';
import { LeaseSchema } from '../database/leader/lease.schema.js';
import { ErizoControllerSchema } from '../erizo-controllers/schemas/erizo-controller.schema.js';
import { PendingRoomClosureSchema } from '../erizo-controllers/schemas/pending-room-closure.schema.js';
import { EventStreamSchema } from '../events/schemas/event-stream.schema.js';
import { EventSchema } from '../events/schemas/event.schema.js';
import { IdempotencyKeySchema } from '../idempotency/schemas/idempotency-key.schema.js';
import { LooseEventSchema } from '../outbox/schemas/loose-event.schema.js';
import { ParticipantRemovalSchema } from '../participants/removals/schemas/participant-removal.schema.js';
import { SessionSchema } from '../participants/sessions/schemas/session.schema.js';
import { RoomSchema } from '../rooms/schemas/room.schema.js';
import { InstallationSchema } from '../services/schemas/installation.schema.js';
import { ServiceRemovalSchema } from '../services/schemas/service-removal.schema.js';
import { ServiceSchema } from '../services/schemas/service.schema.js';
import { TokenSchema } from '../tokens/schemas/token.schema.js';
import { WebhookDeliverySchema } from '../webhooks/schemas/webhook-delivery.schema.js';
import { WebhookSchema } from '../webhooks/schemas/webhook.schema.js';

/** Which services were imported, and when. */
export const IMPORT_MARKS = 'licodeImports';

/** Rooms as they were when they were given back. */
export const RETURNED_ROOMS = 'licodeReturns';

/** What Nuve keeps in its database. */
const NUVE_COLLECTIONS = ['erizoControllers', 'rooms', 'services', 'tokens'];

/** Every schema of the application: what it makes in a database is read off them. */
const SCHEMAS: Schema[] = [
  ActivitySchema,
  BanSchema,
  ErizoControllerSchema,
  EventSchema,
  EventStreamSchema,
  IdempotencyKeySchema,
  InstallationSchema,
  LeaseSchema,
  LooseEventSchema,
  NonceSchema,
  ParticipantRemovalSchema,
  PendingRoomClosureSchema,
  RoomSchema,
  ServiceRemovalSchema,
  ServiceSchema,
  SessionSchema,
  TokenSchema,
  WebhookDeliverySchema,
  WebhookSchema,
];

type Keys = Record<string, unknown>;

/** Indexes that earlier versions made, and that a database may still have. */
const FORMER_INDEXES: Record<string, Keys[]> = {
  erizoControllers: [{ lastSeen: 1 }],
  rooms: [{ erizoControllerId: 1 }],
};

/** Collections that Nuve knows nothing of. The marks come last: until then an import can be told from none. */
export const OWN_COLLECTIONS: readonly string[] = [
  ...SCHEMAS.map(nameOf).filter((name) => !NUVE_COLLECTIONS.includes(name)),
  RETURNED_ROOMS,
  IMPORT_MARKS,
];

/** The keys of the indexes that Nuvem makes on Nuve's collections, by collection. */
export const OWN_INDEXES: ReadonlyMap<string, readonly Keys[]> = new Map(
  SCHEMAS.filter((schema) => NUVE_COLLECTIONS.includes(nameOf(schema))).map((schema) => {
    const keys = schema.indexes().map(([fields]) => fields as Keys);
    return [nameOf(schema), [...keys, ...(FORMER_INDEXES[nameOf(schema)] ?? [])]];
  }),
);

function nameOf(schema: Schema): string {
  return schema.get('collection') ?? '';
}
