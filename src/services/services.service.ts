import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Types } from 'mongoose';
import { randomBytes } from 'node:crypto';
import { Clock } from '../common/clock.js';
import { ApiException } from '../common/errors/api.exception.js';
import { isNoKey, isWeakKey } from '../common/validation/key-strength.js';
import { parseObjectId } from '../common/object-id.js';
import type { ServiceRole } from '../common/service-role.js';
import { Environment } from '../config/environment.js';
import { KeySealer } from './key-sealer.js';
import { LEASE_MS, ServiceRemovals } from './service-removals.js';
import { SealingCheck } from './sealing-check.js';
import type { ServiceSummary } from './service-summary.js';
import { ServicesRepository } from './services.repository.js';

export interface ServiceWithKey extends ServiceSummary {
  key: string;
}

/** A service as a request's signature is checked with. */
export interface SigningService extends ServiceWithKey {
  /** When it was read, in milliseconds since 1970. */
  readAt: number;
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

  constructor(
    private readonly repository: ServicesRepository,
    private readonly removals: ServiceRemovals,
    private readonly sealer: KeySealer,
    private readonly sealingCheck: SealingCheck,
    private readonly clock: Clock,
    { superserviceId, superserviceKey, allowWeakKeys }: Environment,
  ) {
    this.allowWeakKeys = allowWeakKeys;
    this.superservice = {
      _id: new Types.ObjectId(superserviceId),
      name: 'superService',
      role: 'superservice',
      key: superserviceKey,
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
   * @returns the key too: this is the only time that it is shown
   * @throws INVALID_KEY for a key that is none, or weak where ALLOW_WEAK_KEYS is not set
   */
  async create(input: { name: string; role?: ServiceRole; key?: string }): Promise<ServiceWithKey> {
    const { name, role = 'tenant', key = randomBytes(32).toString('hex') } = input;
    if (isNoKey(key)) throw invalidKey('key must not be blank, or hold a NUL');
    if (isWeakKey(key) && !this.allowWeakKeys) {
      throw invalidKey(
        'key must be 32 characters or longer, and random: leave it out to get one (ALLOW_WEAK_KEYS lets in others)',
      );
    }
    const createdAt = new Date(this.clock.now());
    const sealedKey = this.sealer.seal(key);
    const _id = await this.repository.insert({ name, role, sealedKey, createdAt });
    return { _id, name, role, key };
  }

  findAll(): Promise<ServiceSummary[]> {
    return this.repository.findAll();
  }

  /** @throws SERVICE_NOT_FOUND */
  async findOne(id: string): Promise<ServiceSummary> {
    const objectId = parseObjectId(id);
    const service = objectId && (await this.repository.findSummary(objectId));
    if (!service) throw new ApiException('SERVICE_NOT_FOUND');
    return service;
  }

  /**
   * Deletes a service, and all that is its own, before it returns.
   *
   * @throws SERVICE_NOT_FOUND, SUPERSERVICE_PROTECTED
   */
  async remove(id: string): Promise<void> {
    const objectId = parseObjectId(id);
    if (!objectId) throw new ApiException('SERVICE_NOT_FOUND');
    if (objectId.equals(this.superservice._id)) throw new ApiException('SUPERSERVICE_PROTECTED');
    if (!(await this.repository.findSummary(objectId))) throw new ApiException('SERVICE_NOT_FOUND');
    const removed = await this.removals.remove(objectId);
    this.cache.delete(objectId.toHexString());
    if (!removed) throw new ApiException('SERVICE_NOT_FOUND');
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
    const { _id, name, role, sealedKey } = found;
    return { _id, name, role, key: this.sealer.open(sealedKey), readAt };
  }

  private forget(id: string, service: CacheEntry['service']): void {
    if (this.cache.get(id)?.service === service) this.cache.delete(id);
  }
}

function invalidKey(message: string): ApiException {
  return new ApiException('INVALID_KEY', {
    detail: message,
    errors: [{ field: 'key', message }],
  });
}
