import { randomBytes } from 'node:crypto';

/** The address of a database of its own on the MongoDB that the tests run on. */
export function freshDatabaseUri(): string {
  const base = process.env['TEST_MONGODB_URI'];
  if (!base) throw new Error('The global setup of Jest has not started a MongoDB');
  const uri = new URL(base);
  uri.pathname = `/nuvem_test_${randomBytes(6).toString('hex')}`;
  return uri.href;
}
