import { ValidateBy } from 'class-validator';
import { mongo } from 'mongoose';
import { databaseNameOf } from './database-name.js';

/** Why the driver cannot read it: no waiting will mend that. Its messages name hosts and options, and no password. */
function problemOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^mongodb(\+srv)?:\/\//.test(value)) {
    return 'must be a mongodb:// URL';
  }
  try {
    new mongo.MongoClient(value);
    databaseNameOf(value);
    return undefined;
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
