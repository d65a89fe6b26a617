import { startApp } from '../support/app.mjs';
import { inPairs } from '../support/pairs.mjs';

/** From starting the process to its being ready, on a database with 100,000 rooms and on an empty one. */
export async function startToReady(bench, { full, empty }) {
  const start = (place) => async () => {
    const before = performance.now();
    const app = await startApp(place);
    const ms = performance.now() - before;
    await app.stop();
    return ms;
  };
  // Both have been started before: whoever starts first makes the indexes.
  await start(empty)();
  const result = await inPairs(bench.fewRounds, start(full), start(empty));
  const name = 'start to ready, 100,000 rooms';
  bench.report({ name, unit: ' ms', against: 'empty', ...result, atMost: 1.2 });
}
