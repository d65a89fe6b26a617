import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { readFile } from 'node:fs/promises';
import { DEFAULT_DATA_DIR, Environment, SECRETS } from './environment.js';
import { loadGeneratedSecrets } from './generated-secrets.js';
import { readLicodeConfig } from '../licode/licode-config.js';

/** A setting that is missing or wrong. Names variables and rules, never values. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError';
}

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
  const given: Source = {
    ...(source['LICODE_CONFIG'] && (await readLicodeConfig(source['LICODE_CONFIG'], source))),
    ...withoutEmpty(await withSecretFiles(source)),
  };
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) values[camelCase(name)] = value;
  if (source['NODE_ENV'] === 'production') values['demo'] ??= 'false';
  if (!values['mongodbUri']) {
    const generated = await loadGeneratedSecrets(given['DATA_DIR'] ?? DEFAULT_DATA_DIR);
    for (const [name, value] of Object.entries(generated)) values[name] ??= value;
  }
  const environment = plainToInstance(Environment, values, { exposeDefaultValues: true });
  const problems = validateSync(environment, { whitelist: true }).map(
    ({ property, constraints }) =>
      `${constantCase(property)}: ${Object.values(constraints ?? {})
        .join(', ')
        .replaceAll(`${property} `, '')}`,
  );
  if (problems.length === 0) problems.push(...weakKeys(environment));
  if (problems.length > 0) {
    throw new ConfigurationError(`Wrong settings:\n${problems.map((p) => `  ${p}`).join('\n')}`);
  }
  return environment;
}

/** `NAME=` means that NAME is not set. */
function withoutEmpty(source: Source): Source {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value));
}

async function withSecretFiles(source: Source): Promise<Source> {
  const result = { ...source };
  for (const name of SECRETS) {
    const path = source[`${name}_FILE`];
    if (!path) continue;
    if (source[name])
      throw new ConfigurationError(`Wrong settings:\n  ${name} and ${name}_FILE are both given`);
    try {
      result[name] = (await readFile(path, 'utf8')).trim();
    } catch (error) {
      throw new ConfigurationError(`Wrong settings:\n  ${name}_FILE cannot be read`, {
        cause: error,
      });
    }
  }
  return result;
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
