import { Logger } from '@nestjs/common';
import { dirname, extname, resolve } from 'node:path';
import { DEFAULT_STRATEGY } from '../environment.js';
import { evaluateConfig } from './evaluate-config.js';
import { licodeDatabaseUri } from './licode-database-uri.js';
import { printable } from '../../common/printable.js';

const logger = new Logger('LicodeConfig');

const RABBIT_PORT = 5672;

const MAX_NAMES = 20;
const MAX_NAME_LENGTH = 60;
const MAX_PATH_LENGTH = 255;

/** The one policy that Licode comes with, as it may be written. */
const DEFAULT_POLICY = /^(\.\/)?default_policy(\.js)?$/;
/** Where Nuve looks for its policies, from the file's own folder. */
const POLICIES = 'nuve/nuveAPI/ch_policies';

type Section = Record<string, unknown>;

/**
 * Reads the settings that an operator of Licode already has.
 *
 * @param path of a `licode_config.js`
 * @param given variables that go before what the file says: nothing is warned of that they settle
 * @returns environment variables of Nuvem; only those that the file says something about
 * @throws Error naming the file and what is wrong with it
 */
export async function readLicodeConfig(
  path: string,
  given: Readonly<Record<string, string | undefined>> = {},
): Promise<Record<string, string>> {
  const config = await evaluate(path);
  const nuve = section(config, 'nuve');
  const superserviceKey = text(nuve['superserviceKey']);
  const variables: Record<string, string | undefined> = {
    AMQP_URL: amqpUrl(section(config, 'rabbit'), path),
    ASSIGNMENT_STRATEGY: strategy(text(nuve['cloudHandlerPolicy']), path, given),
    MONGODB_URI: licodeDatabaseUri(text(nuve['dataBaseURL']), text(nuve['dataBaseName'])),
    PORT: text(nuve['port']),
    SUPERSERVICE_ID: text(nuve['superserviceID']),
    SUPERSERVICE_KEY: superserviceKey,
    TEST_ERIZO_CONTROLLER: text(nuve['testErizoController']),
    // Licode's ErizoControllers check the signature of tokens with the superservice's key.
    TOKEN_KEY: superserviceKey,
    TOKEN_ROLES: roles(section(config, 'erizoController')['roles']),
  };
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

async function evaluate(path: string): Promise<Section> {
  try {
    const { config, variables } = await evaluateConfig(path);
    if (variables.length > 0) {
      logger.warn(
        `LICODE_CONFIG ${path} asks for environment variables, and is shown none: ${listed(variables)}. ` +
          'Set what depends on them by the variables of Nuvem',
      );
    }
    return config;
  } catch (error) {
    throw new Error(`LICODE_CONFIG ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** The names of variables, as many and as much of each as a line of a log has place for. */
function listed(names: string[]): string {
  const shown = names.slice(0, MAX_NAMES).map((name) => printable(name.slice(0, MAX_NAME_LENGTH)));
  return shown.join(', ') + (names.length > MAX_NAMES ? ', …' : '');
}

function amqpUrl(rabbit: Section, path: string): string {
  const given = text(rabbit['url']) ?? 'amqp://localhost';
  // Its own error would show the password.
  if (!URL.canParse(given)) throw new Error(`LICODE_CONFIG ${path}: rabbit.url is no URL`);
  const url = new URL(given);
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

/**
 * A policy of one's own runs inside the server, which nothing in the file alone may bring about: the operator has to
 * say so.
 */
function strategy(
  policy: string | undefined,
  configPath: string,
  given: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (!policy) return undefined;
  if (DEFAULT_POLICY.test(policy)) return 'first-available';
  if (policy.length > MAX_PATH_LENGTH) {
    throw new Error(`LICODE_CONFIG ${configPath}: nuve.cloudHandlerPolicy is too long`);
  }
  if (!given['ASSIGNMENT_STRATEGY']) {
    const path = printable(resolve(dirname(configPath), POLICIES, policy));
    logger.warn(
      `cloudHandlerPolicy ${printable(policy)} is used once ASSIGNMENT_STRATEGY names its file, ` +
        `${extname(path) ? path : `${path}.js`}; until then rooms are assigned by ${DEFAULT_STRATEGY}`,
    );
  }
  return undefined;
}

/** What participants may be and do, in JSON; the rules of TOKEN_ROLES say whether that is right. */
function roles(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : JSON.stringify(value);
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
