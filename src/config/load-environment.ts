import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { isNoKey, isWeakKey } from '../common/validation/key-strength.js';
import { ConfigurationError } from './configuration-error.js';
import { DEFAULT_DATA_DIR, Environment } from './environment.js';
import { loadGeneratedSecrets, newSecrets } from './secrets/generated-secrets.js';
import { readLicodeConfig } from './licode/licode-config.js';
import { samePorts } from './rules/ports.js';
import { withSecretFiles } from './secrets/secret-files.js';

type Source = Record<string, string | undefined>;

const OPEN_DEMO =
  'DEMO: lets anybody make rooms, get tokens and list participants; ' +
  'DEMO_OPEN=true runs it in production all the same (the console is at /console without it)';

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
  if (isProduction(values)) values['demo'] ??= 'false';
  if (!values['mongodbUri']) {
    // Before anything is made: secrets beside no database look like a database that was lost.
    checked({ ...newSecrets(), ...values });
    const generated = await loadGeneratedSecrets(given['DATA_DIR'] ?? DEFAULT_DATA_DIR);
    for (const [name, value] of Object.entries(generated)) values[name] ??= value;
  }
  return checked(values);
}

function isProduction(values: Record<string, unknown>): boolean {
  return values['nodeEnv'] === 'production';
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
  if (problems.length === 0) {
    problems.push(...refusedKeys(environment), ...samePorts(environment));
  }
  if (isProduction(values) && environment.demo && !environment.demoOpen) problems.push(OPEN_DEMO);
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

const KEYS = ['encryptionKey', 'superserviceKey', 'tokenKey'] as const;

function refusedKeys({ allowWeakKeys, ...settings }: Environment): string[] {
  return KEYS.flatMap((name) => {
    const key = settings[name];
    if (key === undefined) return [];
    if (isNoKey(key)) return [`${constantCase(name)}: must not be blank, or hold a NUL`];
    if (allowWeakKeys || !isWeakKey(key)) return [];
    return [
      `${constantCase(name)}: too weak, use 256 random bits (openssl rand -hex 32); ` +
        'ALLOW_WEAK_KEYS=true lets in the one of a Licode installation',
    ];
  });
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

function constantCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
