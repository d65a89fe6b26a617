import { startLimit } from '../support/app.mjs';
import { inPairs } from '../support/pairs.mjs';

const ROWS = [
  { name: 'tokens, 1 in flight', kind: 'token', connections: 1 },
  { name: 'tokens, 20 in flight', kind: 'token', connections: 20 },
  { name: 'tokens, 100 in flight', kind: 'token', connections: 100 },
  { name: 'read one room, 20 in flight', kind: 'readRoom', connections: 20 },
];

/** The application and the limit in turns, on one database. */
export async function againstLimit(bench, context) {
  await compare(bench, context, ROWS, { against: 'the limit', atLeast: 0.7 });
  // What is left of the difference when the limit, too, asks the database for many at once.
  const against = 'the limit, coalescing';
  await compare(bench, context, ROWS.slice(1, 2), { against }, { coalesces: true });
}

async function compare(bench, { place, app, services }, rows, goal, options) {
  const limit = await startLimit(place, services, options);
  for (const kind of new Set(rows.map((row) => row.kind))) {
    await bench.warmUp(app.said, kind);
    await bench.warmUp(limit.said, kind, { isApp: false });
  }
  const perSecond = (url, kind, connections) => async () => {
    const job = { urls: [url], as: 'small', kind, connections, repeat: 0.01 };
    const result = await bench.load({ ...job, seconds: bench.seconds }, url === app.said);
    return result.perSecond;
  };
  for (const { name, kind, connections } of rows) {
    const ours = perSecond(app.said, kind, connections);
    const theirs = perSecond(limit.said, kind, connections);
    const result = await inPairs(bench.rounds, ours, theirs);
    bench.report({ name, unit: '/s', ...goal, ...result });
  }
  await limit.stop();
}
