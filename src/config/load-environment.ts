import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { ConfigurationError } from './configuration-error.js';
import { DEFAULT_DATA_DIR, Environment } from './environment.js';
import { loadGeneratedSecrets, newSecrets } from './generated-secrets.js';
import { readLicodeConfig } from '../licode/licode-config.js';
import { withSecretFiles } from './secret-files.js';

type Source = Record<string, string | undefined>;

/** 256 bits are 64 hex digits or 43 of base64; nothing shorter than 32 characters comes near. */
const MIN_KEY_LENGTH = 32;
const MIN_DISTINCT_CHARACTERS = 10;

/**
 * Reads, completes and checks the settings.
 *
 * @param source the process's environment, or a test's
 * @throws ConfigurationError naming each variable that is wrong, and why
 */
export async function loadEnvironment(source: Source): Promise<Environment> {
  const secrets = await withSecretFiles(source);
  if (secrets.problems.length > 0) throw wrongSettings(secrets.problems);
  const given: Source = {
    ...(source['LICODE_CONFIG'] && (await readLicodeConfig(source['LICODE_CONFIG'], source))),
    ...withoutEmpty(secrets.given),
  };
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) values[camelCase(name)] = value;
  if (source['NODE_ENV'] === 'production') values['demo'] ??= 'false';
  if (!values['mongodbUri']) {
    // Before anything is made: secrets beside no database look like a database that was lost.
    checked({ ...newSecrets(), ...values });
    const generated = await loadGeneratedSecrets(given['DATA_DIR'] ?? DEFAULT_DATA_DIR);
    for (const [name, value] of Object.entries(generated)) values[name] ??= value;
  }
  return checked(values);
}

function checked(values: Record<string, unknown>): Environment {
  const environment = plainToInstance(Environment, values, { exposeDefaultValues: true });
  const problems = validateSync(environment, { whitelist: true }).map(
    ({ property, value, constraints }) => {
      const name = constantCase(property);
      // What has no default is generated, unless the database is a real one.
      if (value === undefined) return `${name}: is missing, and needed with MONGODB_URI`;
      const rules = Object.values(constraints ?? {}).join(', ');
      return `${name}: ${rules.replaceAll(`${property} `, '')}`;
    },
  );
  if (problems.length === 0) problems.push(...weakKeys(environment));
  if (problems.length > 0) throw wrongSettings(problems);
  return environment;
}

/** `NAME=` means that NAME is not set. */
function withoutEmpty(source: Source): Source {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value));
}

function wrongSettings(problems: string[]): ConfigurationError {
  return new ConfigurationError(`Wrong settings:\n${problems.map((p) => `  ${p}`).join('\n')}`);
}

function weakKeys(environment: Environment): string[] {
  if (environment.allowWeakKeys) return [];
  return (['encryptionKey', 'superserviceKey', 'tokenKey'] as const)
    .filter((name) => {
      const key = environment[name];
      return key !== undefined && isWeak(key);
    })
    .map(
      (name) =>
        `${constantCase(name)}: too weak, use 256 random bits (openssl rand -hex 32); ` +
        'ALLOW_WEAK_KEYS=true lets in the one of a Licode installation',
    );
}

function isWeak(key: string): boolean {
  return key.length < MIN_KEY_LENGTH || new Set(key).size < MIN_DISTINCT_CHARACTERS;
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

function constantCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
