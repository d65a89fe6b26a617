const DATABASE = 'nuvedb';
const DEFAULT_ADDRESS = `localhost/${DATABASE}`;

/** Credentials of other mechanisms are no documents of a database, and the driver knows where to look for them. */
const PASSWORD_MECHANISM = /^(SCRAM-SHA-\d+|MONGODB-CR|DEFAULT)$/i;

/**
 * The database that Nuve means. The path is where its credentials are kept, `admin` without one; the rooms are in
 * `dataBaseName`, else, as in versions that did not know of that name, in the path's database too.
 *
 * @param address `nuve.dataBaseURL`: with or without a scheme, or the name alone of a database on this machine
 * @param name `nuve.dataBaseName`
 */
export function licodeDatabaseUri(address = DEFAULT_ADDRESS, name?: string): string {
  const full = /^[\w-]+$/.test(address) ? `localhost/${address}` : address;
  const uri = /^mongodb(\+srv)?:\/\//.test(full) ? full : `mongodb://${full}`;
  const [, base = '', path = '', query = ''] =
    /^([^/]+\/\/[^/?]+)\/?([^?]*)\??(.*)$/.exec(uri) ?? [];
  // Users are kept in `admin`, and rooms nowhere: whoever names it means where the credentials are.
  const database = name ?? (path === 'admin' ? DATABASE : path || DATABASE);
  const losesSource = base.includes('@') && database !== path && !hasSource(query);
  const options = [query, losesSource && `authSource=${path || 'admin'}`].filter(Boolean).join('&');
  return `${base}/${database}${options && `?${options}`}`;
}

function hasSource(query: string): boolean {
  const options = [...new URLSearchParams(query)].map(([key, value]) => [key.toLowerCase(), value]);
  const given = new Map(options as [string, string][]);
  const mechanism = given.get('authmechanism') ?? 'DEFAULT';
  return given.has('authsource') || !PASSWORD_MECHANISM.test(mechanism);
}
