import { ObjectId } from 'mongodb';
import { setTimeout as sleep } from 'node:timers/promises';
import { startNodes } from '../support/app.mjs';
import { inPairs } from '../support/pairs.mjs';
import { withDatabase } from '../support/seed.mjs';

/** What the nodes did not send while they were held comes at once when they go on. */
const SETTLE_MS = 1_500;

/**
 * An application with 1,000 nodes, which beat as often as they are told, or each second, and one with the one node
 * there always is. The nodes are held while the other is measured, for less than their silence would be noticed.
 */
export async function manyNodes(bench, crowd, few) {
  const tokens = async ({ app, as }) => {
    const job = { urls: [app.said], as, kind: 'token', connections: 20, repeat: 0.01 };
    const { perSecond } = await bench.load({ ...job, seconds: bench.seconds });
    return perSecond;
  };
  const row = async (beating, everySeconds, goal) => {
    const nodes = await startNodes(crowd.app.said, crowd.nodeService, 999, everySeconds);
    const withMany = async () => {
      nodes.resume();
      await sleep(SETTLE_MS);
      const perSecond = await tokens(crowd);
      nodes.pause();
      return perSecond;
    };
    // The first rounds let Node compile what the beats need, too, and count for nothing.
    await inPairs(bench.fewRounds, withMany, () => tokens(few));
    const result = await inPairs(bench.fewRounds, withMany, () => tokens(few));
    nodes.stop();
    const _id = { $in: nodes.ids.map((id) => new ObjectId(id)) };
    await withDatabase(crowd.place.uri, (database) =>
      database.collection('erizoControllers').deleteMany({ _id }),
    );
    const name = `tokens, 20 in flight, 1,000 nodes beating ${beating}`;
    bench.report({ name, unit: '/s', against: '1 node', ...result, ...goal });
  };
  await row('as they are told', undefined, { atLeast: 0.9 });
  if (!bench.quick) await row('each second', 1, {});
}
