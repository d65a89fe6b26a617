import { ObjectId } from 'mongodb';
import { setTimeout as sleep } from 'node:timers/promises';
import { startNodes } from '../support/app.mjs';
import { inPairs } from '../support/pairs.mjs';
import { withDatabase } from '../support/seed.mjs';

/** The copy of the registry in memory is at most half a second old. */
const SETTLE_MS = 1_000;

/** With 1,000 nodes that beat as often as they are told, or each second, and with the one there always is. */
export async function manyNodes(bench, { place, app, nodeService }) {
  const tokens = async () => {
    const job = { urls: [app.said], as: 'small', kind: 'token', connections: 20 };
    const { perSecond } = await bench.load({ ...job, seconds: bench.seconds, repeat: 0.01 });
    return perSecond;
  };
  const withMany = (everySeconds) => async () => {
    const nodes = await startNodes(app.said, nodeService, 999, everySeconds);
    await sleep(SETTLE_MS);
    const perSecond = await tokens();
    nodes.stop();
    const _id = { $in: nodes.ids.map((id) => new ObjectId(id)) };
    await withDatabase(place.uri, (database) =>
      database.collection('erizoControllers').deleteMany({ _id }),
    );
    await sleep(SETTLE_MS);
    return perSecond;
  };
  await tokens();
  const row = async (beating, everySeconds, goal) => {
    const result = await inPairs(bench.fewRounds, withMany(everySeconds), tokens);
    const name = `tokens, 20 in flight, 1,000 nodes beating ${beating}`;
    bench.report({ name, unit: '/s', against: '1 node', ...result, ...goal });
  };
  await row('as they are told', undefined, { atLeast: 0.9 });
  if (!bench.quick) await row('each second', 1, {});
}
