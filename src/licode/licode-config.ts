import { Logger } from '@nestjs/common';
import { evaluateConfig } from './evaluate-config.js';

const RABBIT_PORT = 5672;
const DATABASE = 'nuvedb';

/** Licode's policies by file name, without what Licode lets operators leave out. */
const STRATEGIES: Record<string, string> = {
  default: 'first-available',
  default_policy: 'first-available',
  random: 'random',
  random_policy: 'random',
  round_robin: 'round-robin',
  round_robin_policy: 'round-robin',
  least_loaded: 'least-loaded',
  least_loaded_policy: 'least-loaded',
};

type Section = Record<string, unknown>;

/**
 * Reads the settings that an operator of Licode already has.
 *
 * @param path of a `licode_config.js`
 * @returns environment variables of Nuvem; only those that the file says something about
 * @throws Error naming the file and what is wrong with it
 */
export async function readLicodeConfig(path: string): Promise<Record<string, string>> {
  let config: Section;
  try {
    config = await evaluateConfig(path);
  } catch (error) {
    throw new Error(`LICODE_CONFIG ${path}: ${(error as Error).message}`, { cause: error });
  }
  const nuve = section(config, 'nuve');
  const superserviceKey = text(nuve['superserviceKey']);
  const variables: Record<string, string | undefined> = {
    AMQP_URL: amqpUrl(section(config, 'rabbit')),
    ASSIGNMENT_STRATEGY: strategy(text(nuve['cloudHandlerPolicy'])),
    MONGODB_URI: mongodbUri(text(nuve['dataBaseURL']), text(nuve['dataBaseName'])),
    PORT: text(nuve['port']),
    SUPERSERVICE_ID: text(nuve['superserviceID']),
    SUPERSERVICE_KEY: superserviceKey,
    TEST_ERIZO_CONTROLLER: text(nuve['testErizoController']),
    // Licode's ErizoControllers check the signature of tokens with the superservice's key.
    TOKEN_KEY: superserviceKey,
  };
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function amqpUrl(rabbit: Section): string {
  const url = new URL(text(rabbit['url']) ?? 'amqp://localhost');
  if (!text(rabbit['url'])) {
    url.hostname = text(rabbit['host']) ?? 'localhost';
    url.port = text(rabbit['port']) ?? String(RABBIT_PORT);
    url.username = encodeURIComponent(text(rabbit['login']) ?? '');
    url.password = encodeURIComponent(text(rabbit['password']) ?? '');
    const vhost = text(rabbit['vhost']);
    if (vhost && vhost !== '/') url.pathname = `/${encodeURIComponent(vhost)}`;
  }
  const heartbeat = text(rabbit['heartbeat']);
  if (heartbeat && !url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', heartbeat);
  return url.href;
}

/** Licode writes the address without a scheme: `localhost/nuvedb`. */
function mongodbUri(address: string | undefined, name: string | undefined): string | undefined {
  if (!address) return undefined;
  const uri = /^mongodb(\+srv)?:\/\//.test(address) ? address : `mongodb://${address}`;
  const [, base = '', path = '', query = ''] =
    /^([^/]+\/\/[^/?]+)\/?([^?]*)(\?.*)?$/.exec(uri) ?? [];
  return `${base}/${name ?? (path || DATABASE)}${query}`;
}

function strategy(policy: string | undefined): string | undefined {
  if (!policy) return undefined;
  const name = policy.replace(/\.js$/, '').replaceAll('-', '_').toLowerCase();
  const known = STRATEGIES[name];
  if (!known) {
    new Logger('LicodeConfig').warn(
      `cloudHandlerPolicy ${policy} has no counterpart: set ASSIGNMENT_STRATEGY, first-available is used`,
    );
  }
  return known;
}

function section(config: Section, name: string): Section {
  const value = config[name];
  return typeof value === 'object' && value !== null ? (value as Section) : {};
}

/** A setting as a variable's text; an empty one is none. */
function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
