/** The database, where MONGODB_URI names none: the driver's own default is `test`. */
export const DATABASE_NAME = 'nuvem';

/** The database that a connection string names, or the default one. */
export function databaseNameOf(uri: string): string {
  const [, name] = /^[^:]+:\/\/[^/?]+\/([^?]+)/.exec(uri) ?? [];
  return name === undefined ? DATABASE_NAME : decodeURIComponent(name);
}
