import { startNodes } from '../support/app.mjs';
import { inPairs, summarize } from '../support/pairs.mjs';

/**
 * An application with 1,000 nodes, which beat as often as they are told, or each second, and one with the one node
 * there always is. The nodes are held while the other is measured, for less than their silence would be noticed.
 *
 * @param startPair starts both, and gives the two with their `stop`. Two processes of the same kind differ by some
 *   percent, so there are several pairs.
 */
export async function manyNodes(bench, startPair) {
  const row = async (beating, everySeconds, goal) => {
    const results = [];
    for (let pair = 0; pair < bench.pairs; pair++) {
      const { crowd, few, stop } = await startPair();
      results.push(await compare(bench, crowd, few, everySeconds));
      await stop();
    }
    const all = (side) => results.flatMap((result) => result[side]);
    const name = `tokens, 20 in flight, 1,000 nodes beating ${beating}`;
    const result = summarize(all('values'), all('references'));
    bench.report({ name, unit: '/s', against: '1 node', ...result, ...goal });
  };
  await row('as they are told', undefined, { atLeast: 0.9 });
  if (!bench.quick) await row('each second', 1, {});
}

async function compare(bench, crowd, few, everySeconds) {
  const nodes = await startNodes(crowd.app.said, crowd.nodeService, 999, everySeconds);
  const tokens = async ({ app, as }) => {
    const job = { urls: [app.said], as, kind: 'token', connections: 20, repeat: 0.01 };
    // A machine that was idle is slow at first, and the nodes go on where they were held.
    await bench.load({ ...job, seconds: bench.settleSeconds });
    const { perSecond } = await bench.load({ ...job, seconds: bench.seconds });
    return perSecond;
  };
  const withMany = async () => {
    nodes.resume();
    const perSecond = await tokens(crowd);
    nodes.pause();
    return perSecond;
  };
  // The first rounds let Node compile what the beats need, too, and count for nothing.
  await inPairs(2, withMany, () => tokens(few));
  const result = await inPairs(bench.quick ? 1 : 6, withMany, () => tokens(few));
  nodes.stop();
  return result;
}
