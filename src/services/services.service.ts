import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Types } from 'mongoose';
import { randomBytes } from 'node:crypto';
import { Clock } from '../common/clock.js';
import { isExpected, type Guarded } from '../common/conditional/guarded.js';
import type { ExpectedRevisions } from '../common/conditional/if-match.decorator.js';
import { ApiException } from '../common/errors/api.exception.js';
import { isNoKey, isWeakKey } from '../common/validation/key-strength.js';
import { parseObjectId } from '../common/object-id.js';
import type { Roles } from '../common/participant-roles/roles.js';
import type { ServiceRole } from '../common/service-role.js';
import { Environment } from '../config/environment.js';
import type { EventLogMode } from './event-log-mode.js';
import { KeySealer } from './key-sealer.js';
import type { RoomDefaults } from './room-defaults.js';
import { LEASE_MS, ServiceRemovals } from './service-removals.js';
import { SealingCheck } from './sealing-check.js';
import type { ServiceSummary } from './service-summary.js';
import { callerOf, type CallingService, type SigningService } from './signing-service.js';
import {
  ServicesRepository,
  type ServiceChanges,
  type ServicePage,
} from './services.repository.js';

export interface ServiceWithKey extends ServiceSummary {
  key: string;
}

/** A service to be made. */
export interface NewService {
  name: string;
  role?: ServiceRole;
  /** Left out, one of 256 bits is made. */
  key?: string;
  roles?: Roles;
  /** Left out for none. */
  eventLog?: EventLogMode;
  roomDefaults?: RoomDefaults;
}

/** A key that was deleted on another instance works here for no longer. */
const CACHE_MS = 900;
const MAX_CACHED = 10_000;

interface CacheEntry {
  service: Promise<SigningService | null>;
  until: number;
}

/** Tenants, nodes and the superservice, and their keys. */
@Injectable()
export class ServicesService implements OnModuleInit {
  private readonly logger = new Logger(ServicesService.name);
  private readonly cache = new LRUCache<string, CacheEntry>({ max: MAX_CACHED });
  private readonly superservice: SigningService;
  private readonly allowWeakKeys: boolean;
  private readonly tokenRoles: Roles;

  constructor(
    private readonly repository: ServicesRepository,
    private readonly removals: ServiceRemovals,
    private readonly sealer: KeySealer,
    private readonly sealingCheck: SealingCheck,
    private readonly clock: Clock,
    { superserviceId, superserviceKey, allowWeakKeys, tokenRoles }: Environment,
  ) {
    this.allowWeakKeys = allowWeakKeys;
    this.tokenRoles = tokenRoles;
    this.superservice = {
      _id: new Types.ObjectId(superserviceId),
      name: 'superService',
      role: 'superservice',
      key: superserviceKey,
      eventLog: 'on',
      hasBans: true,
      readAt: 0,
    };
  }

  /** @throws ConfigurationError when the stored keys were sealed under another secret */
  async onModuleInit(): Promise<void> {
    await this.sealingCheck.verify();
    const { _id } = this.superservice;
    await this.repository.ensureSuperservice(_id, new Date(this.clock.now()));
    const demoted = await this.repository.demoteOthers(_id);
    if (demoted > 0) {
      this.logger.warn(
        `SUPERSERVICE_ID has another value than before: ${demoted} former superservice(s) became tenants without a key`,
      );
    }
  }

  /**
   * The service of a signed request; at most a second old.
   *
   * @returns null for an id that is unknown or malformed
   */
  findForAuthentication(text: string): Promise<SigningService | null> {
    const objectId = parseObjectId(text);
    if (!objectId) return Promise.resolve(null);
    if (objectId.equals(this.superservice._id)) return Promise.resolve(this.superservice);
    const id = objectId.toHexString();
    const now = this.clock.now();
    const cached = this.cache.get(id);
    if (cached && cached.until > now) return cached.service;
    const service = this.load(objectId);
    this.cache.set(id, { service, until: now + CACHE_MS });
    // Neither a failure nor an absence is kept: the next request asks again.
    service.then(
      (found) => found ?? this.forget(id, service),
      () => this.forget(id, service),
    );
    return service;
  }

  /** The HMAC key of a service, for calls signed in its name. */
  async findKey(id: Types.ObjectId): Promise<string | null> {
    const service = await this.findForAuthentication(id.toHexString());
    return service?.key ?? null;
  }

  /**
   * @param id of the service, where whoever asks may ask again: the one that has it already is answered
   * @returns the key too: this is the only time that it is shown
   * @throws INVALID_KEY for a key that is none, or weak where ALLOW_WEAK_KEYS is not set
   */
  async create(input: NewService, id = new Types.ObjectId()): Promise<ServiceWithKey> {
    const { name, role = 'tenant', key = randomBytes(32).toString('hex') } = input;
    const { roles, eventLog, roomDefaults } = input;
    if (isNoKey(key)) throw invalidKey('key must not be blank, or hold a NUL');
    if (isWeakKey(key) && !this.allowWeakKeys) {
      throw invalidKey(
        'key must be 32 characters or longer, and random: leave it out to get one (ALLOW_WEAK_KEYS lets in others)',
      );
    }
    const createdAt = new Date(this.clock.now());
    const sealedKey = this.sealer.seal(key);
    const optional = {
      ...(roles && { roles }),
      ...(eventLog && { eventLog }),
      ...(roomDefaults && { roomDefaults }),
    };
    const service = { _id: id, name, role, createdAt, ...optional };
    const { sealedKey: stored, ...made } = await this.repository.insert({ ...service, sealedKey });
    return { ...made, key: this.sealer.open(stored) };
  }

  /** What participants of a service may be and do: its own roles, otherwise the installation's. */
  rolesOf({ roles }: Pick<SigningService, 'roles'>): Roles {
    return roles ?? this.tokenRoles;
  }

  /** The same by the service's id; at most a second old. */
  async findRoles(id: Types.ObjectId): Promise<Roles> {
    const service = await this.findForAuthentication(id.toHexString());
    return this.rolesOf(service ?? {});
  }

  /** What its event log holds; at most a second old. */
  async findEventLog(id: Types.ObjectId): Promise<EventLogMode> {
    const service = await this.findForAuthentication(id.toHexString());
    return service?.eventLog ?? 'off';
  }

  /** Whether a service may have banned somebody; what it was up to a second ago. */
  async mayHaveBans(id: Types.ObjectId): Promise<boolean> {
    const service = await this.findForAuthentication(id.toHexString());
    return service?.hasBans ?? true;
  }

  /** To be called before a service bans somebody: see `hasBans`. All instances know within a second. */
  async noteBans({ _id, hasBans }: Pick<SigningService, '_id' | 'hasBans'>): Promise<void> {
    if (hasBans) return;
    await this.repository.noteBans(_id);
    this.cache.delete(_id.toHexString());
  }

  /** A service as who asks in its name. @throws SERVICE_NOT_FOUND */
  async findCaller(id: string): Promise<CallingService> {
    const readAt = this.clock.now();
    return callerOf(await this.findOne(id), readAt);
  }

  findAll(): Promise<ServiceSummary[]> {
    return this.repository.findAll();
  }

  /** In the order of ids. */
  find(page: ServicePage): Promise<ServiceSummary[]> {
    return this.repository.find(page);
  }

  /** @throws SERVICE_NOT_FOUND */
  async findOne(id: string): Promise<ServiceSummary> {
    const service = await this.repository.findSummary(serviceId(id));
    if (!service) throw notFound();
    return service;
  }

  /**
   * Changes what is given; nothing where nothing is.
   *
   * @param guarded.expected the revisions that it may have
   * @param guarded.changeId of the change, where whoever asks may ask again: it is made once
   * @throws SERVICE_NOT_FOUND, PRECONDITION_FAILED; INVALID_REQUEST for what the superservice has of the settings, or for good
   */
  async update(
    id: string,
    changes: ServiceChanges,
    guarded: Guarded = {},
  ): Promise<ServiceSummary> {
    const _id = serviceId(id);
    if (_id.equals(this.superservice._id)) refuseForSuperservice(changes);
    const isChange = Object.values(changes).some((value) => value !== undefined);
    if (!isChange) return this.findExpected(_id, guarded);
    const now = new Date(this.clock.now());
    const changed = await this.repository.update(_id, changes, { now, ...guarded });
    this.cache.delete(_id.toHexString());
    // Tells why: it is gone, of another revision, or changed so before.
    return changed ?? this.findExpected(_id, { ...guarded, expected: [] });
  }

  /**
   * Deletes a service, and all that is its own, before it returns.
   *
   * @param expected the revisions that it may have
   * @throws SERVICE_NOT_FOUND, SUPERSERVICE_PROTECTED, PRECONDITION_FAILED
   */
  async remove(id: string, expected?: ExpectedRevisions): Promise<void> {
    const _id = serviceId(id);
    if (_id.equals(this.superservice._id)) throw new ApiException('SUPERSERVICE_PROTECTED');
    if (!(await this.repository.findSummary(_id))) throw notFound();
    const removal = await this.removals.remove(_id, expected);
    this.cache.delete(_id.toHexString());
    if (removal === 'changed') throw new ApiException('PRECONDITION_FAILED');
    if (removal === 'absent') throw notFound();
  }

  /**
   * Whether the service that signed a request is still there, for who has just written something in its name. Asks the
   * database only when it was read long ago: what is written before is swept with the service.
   */
  async isStillThere({ _id, readAt }: Pick<SigningService, '_id' | 'readAt'>): Promise<boolean> {
    if (_id.equals(this.superservice._id)) return true;
    if (this.removals.isRunning(_id)) return false;
    const age = this.clock.now() - readAt;
    if (age >= 0 && age < LEASE_MS) return true;
    return (await this.repository.findSummary(_id)) !== null;
  }

  private async load(id: Types.ObjectId): Promise<SigningService | null> {
    const readAt = this.clock.now();
    const found = await this.repository.findWithKey(id);
    // Only the settings say who the superservice is: a document that says so of itself lets nobody in.
    if (!found?.sealedKey || found.role === 'superservice') return null;
    return Object.assign(callerOf(found, readAt), { key: this.sealer.open(found.sealedKey) });
  }

  private async findExpected(_id: Types.ObjectId, guarded: Guarded): Promise<ServiceSummary> {
    const service = await this.repository.findSummary(_id);
    if (!service) throw notFound();
    if (!isExpected(service, guarded)) throw new ApiException('PRECONDITION_FAILED');
    return service;
  }

  private forget(id: string, service: CacheEntry['service']): void {
    if (this.cache.get(id)?.service === service) this.cache.delete(id);
  }
}

/** A string that can be no id names a service that does not exist. */
function serviceId(text: string): Types.ObjectId {
  const id = parseObjectId(text);
  if (!id) throw notFound();
  return id;
}

function notFound(): ApiException {
  return new ApiException('SERVICE_NOT_FOUND');
}

function refuseForSuperservice({ roles, eventLog, roomDefaults }: ServiceChanges): void {
  if (roomDefaults !== undefined) {
    throw ApiException.ofFields(['roomDefaults'], 'rooms of the superservice have no defaults');
  }
  if (roles !== undefined) {
    const message = "roles of the superservice are the installation's: set TOKEN_ROLES";
    throw ApiException.ofFields(['roles'], message);
  }
  if (eventLog !== undefined && eventLog !== 'on') {
    throw ApiException.ofFields(
      ['eventLog'],
      "eventLog of the superservice is 'on': it tells of nodes",
    );
  }
}

function invalidKey(message: string): ApiException {
  return ApiException.ofFields(['key'], message, 'INVALID_KEY');
}
