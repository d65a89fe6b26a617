import { ValidateBy } from 'class-validator';
import { mongo } from 'mongoose';
import { databaseNameOf } from '../database-name.js';

const BAD_NAME =
  'names no database that MongoDB takes: at most 63 bytes, none of them / \\ . " $ or a blank; ' +
  'in a password, write %40 for an @ and %2F for a /';

/** A password with an `@` and a `/` ends up in the name, which is never shown for that. */
function namesDatabase(uri: string): boolean {
  const [, path = ''] = /^[^:]+:\/\/[^/?]+(\/[^?]*)?/.exec(uri) ?? [];
  const name = databaseNameOf(uri);
  return !path.includes('@') && !/[/\\."$\s\0]/.test(name) && Buffer.byteLength(name) <= 63;
}

/** Why the driver cannot read it: no waiting will mend that. Its messages name hosts and options, and no password. */
function problemOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^mongodb(\+srv)?:\/\//.test(value)) {
    return 'must be a mongodb:// URL';
  }
  try {
    new mongo.MongoClient(value);
    return namesDatabase(value) ? undefined : BAD_NAME;
  } catch (error) {
    return `cannot be read: ${(error as Error).message}`;
  }
}

export const IsMongodbUri = (): PropertyDecorator =>
  ValidateBy({
    name: 'isMongodbUri',
    validator: {
      validate: (value) => problemOf(value) === undefined,
      defaultMessage: (args) => problemOf(args?.value) ?? '',
    },
  });
