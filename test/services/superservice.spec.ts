import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MongoClient, ObjectId, type Collection } from 'mongodb';
import { freshDatabaseUri } from '../support/database.js';
import { startTestApp, SUPERSERVICE, TOKEN_KEY, type TestApp } from '../support/test-app.js';

const BEFORE = '5f00000000000000000000ab';
/** What an earlier version sealed as the superservice's key. */
const SEALED_TEXT = 'nuvem';

let client: MongoClient;
let uri: string;
let running: TestApp[];

beforeAll(async () => {
  client = await MongoClient.connect(freshDatabaseUri());
});

afterAll(() => client.close());

afterEach(async () => {
  await Promise.all(running.map((each) => each.close()));
});

/** An application on the test's database whose superservice has this id. */
async function start(superserviceId?: string): Promise<TestApp> {
  const settings = {
    MONGODB_URI: uri,
    ENCRYPTION_KEY: TOKEN_KEY,
    ...(superserviceId && { SUPERSERVICE_ID: superserviceId }),
  };
  const app = await startTestApp(settings);
  running.push(app);
  return app;
}

function services(): Collection {
  return client.db(new URL(uri).pathname.slice(1)).collection('services');
}

function superservices(): Promise<string[]> {
  return services()
    .find({ role: 'superservice' })
    .map(({ _id }) => String(_id))
    .toArray();
}

function startAfresh(): void {
  uri = freshDatabaseUri();
  running = [];
}

describe('the superservice', () => {
  it('is nobody of before, once SUPERSERVICE_ID has another value', async () => {
    startAfresh();
    await (await start(BEFORE)).close();
    running = [];
    const { superservice } = await start();
    for (const key of [SEALED_TEXT, SUPERSERVICE.key]) {
      const old = superservice.as({ serviceId: BEFORE, key });
      expect((await old.get('/services')).status).toBe(401);
      expect((await old.post('/services', { name: 'x' })).status).toBe(401);
    }
    expect(await superservices()).toEqual([SUPERSERVICE.serviceId]);
    const left = (await superservice.get(`/services/${BEFORE}`)).json;
    expect(left).toEqual({ _id: BEFORE, name: 'superService', role: 'tenant' });
  });

  it("is not another instance's, with both at work", async () => {
    startAfresh();
    const [one, two] = [await start(BEFORE), await start()];
    for (const [id, at] of [
      [BEFORE, two],
      [SUPERSERVICE.serviceId, one],
    ] as const) {
      for (const key of [SEALED_TEXT, SUPERSERVICE.key]) {
        const answer = await at.superservice.as({ serviceId: id, key }).get('/services');
        expect(answer.status).toBe(401);
      }
    }
    const own = one.superservice.as({ ...SUPERSERVICE, serviceId: BEFORE });
    expect((await own.get('/services')).status).toBe(200);
  });

  it('has its role from the settings alone, whatever the database says', async () => {
    startAfresh();
    const app = await start();
    const tenant = await app.createService('acme');
    const { serviceId = '' } = tenant.credentials ?? {};
    await services().updateOne(
      { _id: new ObjectId(serviceId) },
      { $set: { role: 'superservice' } },
    );
    // Signed for the first time after that, so that nothing of it is cached.
    expect((await tenant.get('/services')).status).toBe(401);
    expect((await app.superservice.get('/services')).status).toBe(200);
  });

  it('has no key in the database', async () => {
    startAfresh();
    await (await start()).close();
    running = [];
    const _id = new ObjectId(SUPERSERVICE.serviceId);
    expect(await services().findOne({ _id })).not.toHaveProperty('sealedKey');
    // As an earlier version left it.
    await services().updateOne({ _id }, { $set: { sealedKey: 'x' } });
    await start();
    expect(await services().findOne({ _id })).not.toHaveProperty('sealedKey');
  });
});
