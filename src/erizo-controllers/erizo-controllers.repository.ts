import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Model, Types, mongo } from 'mongoose';
import { collectionOf, databaseOf } from '../database/driver.js';
import { DocumentMemo } from '../database/document-memo.js';
import { isDuplicateKey } from '../database/duplicate-key.js';
import { guardedFilter, remembering } from '../common/conditional/guarded.js';
import { UpdateBatcher } from '../database/update-batcher.js';
import type { OutboxEntry } from '../outbox/outbox-entry.js';
import { OUTBOX_HAS_ROOM, pushing } from '../outbox/outbox-field.js';
import { Outbox } from '../outbox/outbox.service.js';
import type { ErizoController, ErizoControllerState } from './erizo-controller.js';
import type { Labels } from './labels.js';
import { hostKeyIn, hostKeyOf, nodeIdOf } from './node-host.js';
import { ErizoControllerDocument } from './schemas/erizo-controller.schema.js';

/** What a node says of itself when it registers. */
export interface Registration {
  ip: string;
  hostname: string;
  port: number;
  ssl: boolean;
  region?: string;
  labels?: Labels;
  controlUrl?: string;
  /** The service that registers it. Absent for nodes on RabbitMQ. */
  service?: Types.ObjectId;
}

export interface HeartbeatReport {
  state?: ErizoControllerState;
  /** In rooms. */
  load?: number;
}

/** Fields that may change; null removes one. */
export interface ErizoControllerChanges {
  state?: ErizoControllerState;
  draining?: boolean;
  labels?: Labels | null;
  region?: string | null;
  controlUrl?: string | null;
}

/** Whose change it is. */
export interface ChangeOrigin {
  /** Who may change a node of its own alone. */
  owner?: Types.ObjectId;
  /** Of the change, where whoever asks may ask again: it is made once. */
  changeId?: Types.ObjectId;
}

/** Two registrations of a new host can collide once; one that still collides is not the owner's. */
const UPSERT_ATTEMPTS = 3;

const WITHOUT_HOST = { host: 0, outbox: 0 } as const;

/** More nodes than there will be, so that the database sends the registry in one response. */
const ALL_AT_ONCE = 10_000;

type Fields = Record<string, unknown>;

/** The queries go to the driver itself: a heartbeat a second of a thousand nodes has no use for casting. */
@Injectable()
export class ErizoControllersRepository {
  private readonly heartbeats: UpdateBatcher;
  /** Without those that Nuve left. */
  private readonly registry = new DocumentMemo(({ host, outbox: _outbox, ...node }) =>
    host === undefined ? undefined : (node as ErizoController),
  );

  constructor(
    @InjectModel(ErizoControllerDocument.name)
    private readonly model: Model<ErizoControllerDocument>,
    outbox: Outbox,
  ) {
    outbox.register(model);
    this.heartbeats = new UpdateBatcher(() => databaseOf(model), model.collection.name);
  }

  /**
   * Makes the node of this host and port, or takes it over with its id.
   *
   * @param options.onlyOwn whether a node of another service is left alone
   * @param options.knownAs its host and port until now, where they are others
   * @param options.eventsOf makes the events, of the id that the node gets where it is new
   * @returns null when it is another service's
   */
  async upsert(
    node: Registration,
    now: Date,
    {
      onlyOwn,
      knownAs,
      eventsOf,
    }: {
      onlyOwn: boolean;
      knownAs?: string;
      eventsOf: (newId: Types.ObjectId) => OutboxEntry[];
    },
  ): Promise<ErizoController | null> {
    const host = hostKeyOf(node);
    const address = hostKeyOf({ ...node, hostname: '' });
    const { region, labels, controlUrl, service, ip, hostname, port, ssl } = node;
    const filter = {
      host: knownAs ?? host,
      ...(onlyOwn && { service: service ?? { $exists: false } }),
    };
    const optional = split({
      region,
      labels,
      controlUrl,
      service,
      load: undefined,
      loadAt: undefined,
      reports: undefined,
    });
    // The filter's equality sets `service` on insert; setting it again would conflict.
    if (onlyOwn) {
      delete optional.$set['service'];
      delete optional.$unset?.['service'];
    }
    const update = {
      $set: {
        host,
        address,
        ip,
        hostname,
        port,
        ssl,
        state: 2 as const,
        lastSeen: now,
        updatedAt: now,
        ...optional.$set,
      },
      ...(optional.$unset && { $unset: optional.$unset }),
      $setOnInsert: { _id: nodeIdOf(host), draining: false, createdAt: now },
    };
    let entries = eventsOf(update.$setOnInsert._id);
    for (let attempt = 1; attempt <= UPSERT_ATTEMPTS; attempt++) {
      try {
        return (await this.collection.findOneAndUpdate(
          filter,
          { ...update, ...pushing(entries) },
          {
            upsert: true,
            returnDocument: 'after',
            projection: WITHOUT_HOST,
          },
        )) as ErizoController | null;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        if (isOfId(error)) {
          update.$setOnInsert._id = new Types.ObjectId();
          entries = eventsOf(update.$setOnInsert._id);
        }
      }
    }
    return null;
  }

  /** @returns false for a node that is unknown, or not of this owner */
  saveHeartbeat(
    _id: Types.ObjectId,
    now: Date,
    { state, load }: HeartbeatReport,
    owner?: Types.ObjectId,
  ): Promise<boolean> {
    const fields = {
      lastSeen: now,
      ...(state !== undefined && { state }),
      ...(load !== undefined && { load, loadAt: now }),
    };
    return this.heartbeats.update(owned(_id, owner), fields, { unhurried: true });
  }

  /**
   * Changes what is given, in one step; nothing where nothing is.
   *
   * @param options.overLabels the labels that the node must have, where new ones were made of them
   * @param options.overDraining what it must be, where the events tell that it is something else now
   * @param options.entries the events that the change comes with
   * @param options.changeId of the change, where it may be asked for again
   * @returns null for a node that is unknown, not of this owner, has other labels or is of another state, or was changed so
   *   before
   */
  async update(
    _id: Types.ObjectId,
    changes: ErizoControllerChanges,
    {
      now,
      owner,
      overLabels,
      overDraining,
      entries = [],
      changeId,
    }: {
      now: Date;
      overLabels?: Labels | null;
      overDraining?: boolean;
      entries?: OutboxEntry[];
    } & ChangeOrigin,
  ): Promise<ErizoController | null> {
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    if (given.length === 0) return this.find(_id, owner);
    const update = split({
      ...Object.fromEntries(given.map(([name, value]) => [name, value ?? undefined])),
      updatedAt: now,
    });
    const filter: Fields = {
      ...owned(_id, owner),
      ...guardedFilter({ changeId }),
      ...(overLabels !== undefined && { labels: { $eq: overLabels } }),
      ...(overDraining !== undefined && { draining: overDraining }),
    };
    return (await this.collection.findOneAndUpdate(
      filter,
      joined(update, remembering(changeId), pushing(entries)),
      {
        returnDocument: 'after',
        projection: WITHOUT_HOST,
      },
    )) as ErizoController | null;
  }

  async remove(_id: Types.ObjectId, owner?: Types.ObjectId): Promise<boolean> {
    const { deletedCount } = await this.collection.deleteOne(owned(_id, owner));
    return deletedCount === 1;
  }

  async removeOwned(service: Types.ObjectId): Promise<void> {
    await this.collection.deleteMany({ service });
  }

  async find(_id: Types.ObjectId, owner?: Types.ObjectId): Promise<ErizoController | null> {
    const filter = owned(_id, owner);
    return (await this.collection.findOne(filter, {
      projection: WITHOUT_HOST,
    })) as ErizoController | null;
  }

  /** The nodes of this host and port, or of this address and port, however they are spelled. */
  async findAt(node: Registration): Promise<ErizoController[]> {
    const address = hostKeyOf({ ...node, hostname: '' });
    const filter = { $or: [{ host: hostKeyOf(node) }, { address }] };
    const options = { projection: WITHOUT_HOST };
    return this.collection.find<ErizoController>(filter, options).toArray();
  }

  /** @param host `host:port`, as in tokens */
  async ownsHost(service: Types.ObjectId, host: string): Promise<boolean> {
    const filter = { host: hostKeyIn(host), service };
    return (await this.collection.findOne(filter, { projection: { _id: 1 } })) !== null;
  }

  /**
   * Remembers for all instances that the node was silent for too long since this heartbeat. The next takes that back.
   *
   * @returns false when it was heard from, or another instance was faster
   */
  async giveUp({ _id, lastSeen }: ErizoController, entries: OutboxEntry[]): Promise<boolean> {
    const { matchedCount } = await this.collection.updateOne(
      { _id, lastSeen, givenUp: { $ne: lastSeen } },
      // Who was on it is told by nobody when it comes back.
      { $set: { givenUp: lastSeen }, $unset: { reports: '' }, ...pushing(entries) },
    );
    return matchedCount === 1;
  }

  /** Remembers that a node that was given up is back. @returns false when another instance was faster */
  async recover({ _id, givenUp }: ErizoController, entries: OutboxEntry[]): Promise<boolean> {
    const { matchedCount } = await this.collection.updateOne(
      { _id, givenUp, lastSeen: { $ne: givenUp as Date } },
      { $unset: { givenUp: '' }, ...pushing(entries) },
    );
    return matchedCount === 1;
  }

  /** Remembers that the node tells who comes and goes. */
  async setReporting(_id: Types.ObjectId): Promise<void> {
    await this.collection.updateOne({ _id, reports: { $ne: true } }, { $set: { reports: true } });
  }

  /** Whether the node may be changed with an event: too many that nobody has fetched are not kept. */
  async hasRoomForEvents(_id: Types.ObjectId): Promise<boolean> {
    const options = { projection: { _id: 1 } };
    return (await this.collection.findOne({ _id, $nor: [OUTBOX_HAS_ROOM] }, options)) === null;
  }

  /** Removes a node that was not heard from since this heartbeat. @returns false when it was */
  async forget({ _id, lastSeen }: ErizoController): Promise<boolean> {
    const { deletedCount } = await this.collection.deleteOne({ _id, lastSeen });
    return deletedCount === 1;
  }

  /** Oldest first. */
  async findAll(owner?: Types.ObjectId): Promise<ErizoController[]> {
    const filter = { ...REGISTERED, ...(owner && { service: owner }) };
    const options = { projection: WITHOUT_HOST, sort: { createdAt: 1, _id: 1 } } as const;
    return this.collection.find<ErizoController>(filter, options).toArray();
  }

  /**
   * All, oldest first. This is asked again and again, and most nodes were heard from in between: the database sends
   * everything as it is, and only what has changed is decoded.
   */
  async findRegistered(): Promise<readonly ErizoController[]> {
    const options = { raw: true, batchSize: ALL_AT_ONCE } as const;
    const read = await this.collection.find<Buffer>({}, options).toArray();
    return this.registry
      .decode(read)
      .filter((node): node is ErizoController => node !== undefined)
      .sort(byAge);
  }

  private get collection(): mongo.Collection<ErizoControllerDocument> {
    return collectionOf(this.model);
  }
}

/** Whether the id that a new node would get belongs to one that has moved. */
function isOfId(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error['keyPattern']?._id !== undefined;
}

/** Documents that Nuve left in this collection have no `host`: to us those nodes are unknown. */
const REGISTERED = { host: { $exists: true } } as const;

/** By what they say of themselves: ids have no order, since several processes make them. */
function byAge(a: ErizoController, b: ErizoController): number {
  return a.createdAt.getTime() - b.createdAt.getTime() || Buffer.compare(a._id.id, b._id.id);
}

function owned(_id: Types.ObjectId, owner?: Types.ObjectId): Fields {
  return { _id, ...REGISTERED, ...(owner && { service: owner }) };
}

/** One update of several, of which each may `$push`, but no two to one field. */
function joined(...updates: { $set?: Fields; $push?: object }[]): Fields {
  const pushes = updates.map(({ $push }) => $push).filter((push) => push !== undefined);
  return Object.assign(
    {},
    ...updates,
    pushes.length > 0 && { $push: Object.assign({}, ...pushes) },
  );
}

/** Sets what has a value and removes what has none. */
function split(fields: Fields): { $set: Fields; $unset?: Record<string, ''> } {
  const entries = Object.entries(fields);
  const unset = entries.flatMap(([name, value]) =>
    value === undefined ? [[name, ''] as const] : [],
  );
  return {
    $set: Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
    ...(unset.length > 0 && { $unset: Object.fromEntries(unset) }),
  };
}
