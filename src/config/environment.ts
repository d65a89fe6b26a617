import { Transform, type TransformFnParams } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsMongoId,
  IsNotEmpty,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IsRoles } from '../common/participant-roles/is-roles.decorator.js';
import { LICODE_ROLES, type Roles } from '../common/participant-roles/roles.js';
import { IsSubnets } from '../common/subnets.js';
import { IsCorsOrigin, toCorsOrigin, type CorsOrigin } from './rules/cors-origin.js';
import { IsAmqpUrl } from './rules/is-amqp-url.decorator.js';
import { IsMongodbUri } from './rules/is-mongodb-uri.decorator.js';
import { IsTrustProxy, toTrustProxy, type TrustProxy } from './rules/trust-proxy.js';

import { IsHttpUrl } from './rules/is-http-url.decorator.js';

export const DEFAULT_DATA_DIR = './data';
export const DEFAULT_STRATEGY = 'least-loaded';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** `true`/`1` and `false`/`0` are understood; anything else is left for the validator to refuse. */
function toBoolean({ value }: TransformFnParams): unknown {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  return value;
}

/** An empty text is no number: `PORT=` must not become 0. */
function toNumber({ value }: TransformFnParams): unknown {
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
}

/** What is no JSON is left for the validator to refuse. */
function toJson({ value }: TransformFnParams): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/**
 * What the process is told from outside, one field a variable (`mongodbUri` is `MONGODB_URI`).
 * Nothing else of Nuvem reads `process.env`.
 */
export class Environment {
  /** Lets in keys that are short or guessable, as those of a Licode installation are. */
  @Transform(toBoolean)
  @IsBoolean()
  allowWeakKeys = false;

  /** The RabbitMQ that Licode's ErizoControllers use. Unset: no broker. */
  @IsOptional()
  @IsAmqpUrl()
  amqpUrl?: string;

  /** The name of a strategy, or the path of a module whose default export is one. */
  @IsString()
  @IsNotEmpty()
  assignmentStrategy = DEFAULT_STRATEGY;

  /** Subnets that a node's control URL may lead to besides public and private networks, such as 127.0.0.0/8. */
  @IsSubnets()
  controlUrlAllowSubnets = '';

  /** An ErizoController that was silent for longer is dead. */
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  @Max(3600)
  controllerTimeoutSeconds = 10;

  /** How long a token request waits for an ErizoController when there is none. */
  @Transform(toNumber)
  @IsInt()
  @Min(0)
  @Max(60)
  controllerWaitSeconds = 10;

  /** Origins that browsers may call from: `*`, or a list separated by commas. */
  @Transform(toCorsOrigin)
  @IsCorsOrigin()
  corsOrigin: CorsOrigin = '*';

  /** Where the embedded database and the generated secrets live. */
  @IsString()
  @IsNotEmpty()
  dataDir = DEFAULT_DATA_DIR;

  /** Runs the demo backend, page and p2p ErizoController. On unless NODE_ENV is production. */
  @Transform(toBoolean)
  @IsBoolean()
  demo = true;

  @Transform(toNumber)
  @IsInt()
  @Min(0)
  @Max(65_535)
  demoControllerPort = 8080;

  /** The demo's node as browsers reach it, where that differs: host, port and TLS in the tokens. */
  @IsOptional()
  @IsHttpUrl({ path: false })
  demoNodePublicUrl?: string;

  /** Runs the demo in production as well, where anybody who reaches it makes rooms and gets tokens. */
  @Transform(toBoolean)
  @IsBoolean()
  demoOpen = false;

  @Transform(toNumber)
  @IsInt()
  @Min(0)
  @Max(65_535)
  demoPort = 3001;

  /** The demo's page as browsers reach it, where that differs. */
  @IsOptional()
  @IsHttpUrl()
  demoPublicUrl?: string;

  /** Seals the keys of services in the database. Unset: derived from the superservice's key. */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  encryptionKey?: string;

  /** How long an event is kept after it was logged. */
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  @Max(365)
  eventsRetentionDays = 7;

  /** Failed sign-ins a minute that one address may make before it is answered 429. */
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  failedAuthPerMinute = 600;

  @IsString()
  @IsNotEmpty()
  host = '127.0.0.1';

  @IsIn(LOG_LEVELS)
  logLevel: (typeof LOG_LEVELS)[number] = 'info';

  /** How far a request's timestamp may be off, either way. */
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  @Max(86_400)
  mauthWindowSeconds = 300;

  /** Unset: the embedded database. */
  @IsOptional()
  @IsMongodbUri()
  mongodbUri?: string;

  @Transform(toNumber)
  @IsInt()
  @Min(0)
  @Max(65_535)
  port = 3000;

  /** The API as browsers reach it, where that differs, with the path that a proxy puts before it. */
  @IsOptional()
  @IsHttpUrl()
  publicUrl?: string;

  /** Whether ErizoControllers that report state 0 (full) are refused even when all are full. */
  @Transform(toBoolean)
  @IsBoolean()
  refuseFullControllers = false;

  /** How long it is kept who was in which room, from when they left. */
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  @Max(3650)
  sessionsRetentionDays = 90;

  /** How long what runs may take to finish once the process is told to end; what is left is cut off. */
  @Transform(toNumber)
  @IsInt()
  @Min(0)
  @Max(3600)
  shutdownTimeoutSeconds = 20;

  @IsMongoId()
  superserviceId!: string;

  @IsString()
  @IsNotEmpty()
  @MaxLength(1024)
  superserviceKey!: string;

  /** `hostname:port` in the tokens of test rooms. */
  @IsString()
  @IsNotEmpty()
  testErizoController = 'localhost:8080';

  /** Signs tokens. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(1024)
  tokenKey!: string;

  /** What participants may be and do, in JSON, where a service has no roles of its own. */
  @Transform(toJson)
  @IsRoles()
  tokenRoles: Roles = LICODE_ROLES;

  /** A token that is older is refused. */
  @Transform(toNumber)
  @IsInt()
  @Min(1)
  @Max(86_400)
  tokenTtlSeconds = 180;

  /** Whose X-Forwarded-For, -Host and -Proto are believed: the last decides whether a key may be sent. */
  @Transform(toTrustProxy)
  @IsTrustProxy()
  trustProxy: TrustProxy = false;

  /** Subnets that a webhook may lead to besides public addresses, such as 10.0.0.0/8; also over plain http. */
  @IsSubnets()
  webhookAllowSubnets = '';
}

/** The variables that hold secrets: each may be given as a file's path in `NAME_FILE` instead. */
export const SECRETS = [
  'AMQP_URL',
  'ENCRYPTION_KEY',
  'MONGODB_URI',
  'SUPERSERVICE_KEY',
  'TOKEN_KEY',
] as const;
