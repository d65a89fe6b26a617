import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { Types } from 'mongoose';
import { AppModule } from '../../src/app.module.js';
import { loadEnvironment } from '../../src/config/load-environment.js';
import { ErizoControllersService } from '../../src/erizo-controllers/erizo-controllers.service.js';
import {
  ASSIGNMENT_STRATEGY,
  type AssignmentStrategy,
} from '../../src/placement/assignment-strategy.js';
import { AssignmentService } from '../../src/placement/assignment.service.js';
import { freshDatabaseUri } from '../support/database.js';
import { SUPERSERVICE, TOKEN_KEY } from '../support/test-app.js';

/** As a user would write it: rooms go to the node whose label names their tenant. */
const byTenant: AssignmentStrategy = {
  select: ({ service }, candidates) =>
    candidates.find(({ labels }) => labels?.['tenant'] === service.toHexString()),
};

describe('the assignment strategy', () => {
  let module: TestingModule;

  beforeAll(async () => {
    const environment = await loadEnvironment({
      MONGODB_URI: freshDatabaseUri(),
      SUPERSERVICE_ID: SUPERSERVICE.serviceId,
      SUPERSERVICE_KEY: SUPERSERVICE.key,
      TOKEN_KEY,
    });
    module = await Test.createTestingModule({ imports: [AppModule.forRoot(environment)] })
      .overrideProvider(ASSIGNMENT_STRATEGY)
      .useValue(byTenant)
      .compile();
  });

  afterAll(() => module.close());

  it("can be replaced by a user's own provider", async () => {
    const tenant = new Types.ObjectId();
    const controllers = module.get(ErizoControllersService);
    const node = { ip: '192.0.2.1', hostname: '', ssl: false };
    await controllers.register({ ...node, port: 1 });
    const own = await controllers.register({
      ...node,
      port: 2,
      labels: { tenant: tenant.toHexString() },
    });
    const room = { _id: new Types.ObjectId(), service: tenant, name: 'standup' };
    const chosen = await module.get(AssignmentService).choose(room);
    expect(chosen?._id).toEqual(own._id);
  });
});
