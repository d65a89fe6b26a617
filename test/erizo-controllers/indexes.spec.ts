import { afterAll, describe, expect, it } from '@jest/globals';
import type { mongo } from 'mongoose';
import { freshDatabaseUri } from '../support/database.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { withDatabase } from './support.js';

const uri = freshDatabaseUri();
let app: TestApp | undefined;

afterAll(() => app?.close());

async function expiring(database: mongo.Db): Promise<unknown[]> {
  const names = ['erizoControllers', 'roomEnds'];
  const indexes = await Promise.all(names.map((name) => database.collection(name).indexes()));
  return indexes.flat().filter(({ expireAfterSeconds }) => expireAfterSeconds !== undefined);
}

describe('what a clock that jumps must not remove', () => {
  it('is removed by no index, nor by those that an earlier version made', async () => {
    await withDatabase(uri, async (database) => {
      const hour = { expireAfterSeconds: 3600 };
      await database.collection('erizoControllers').createIndex({ lastSeen: 1 }, hour);
      await database.collection('roomEnds').createIndex({ createdAt: 1 }, hour);
      expect(await expiring(database)).toHaveLength(2);
      app = await startTestApp({ MONGODB_URI: uri });
      expect(await expiring(database)).toEqual([]);
    });
  });
});
