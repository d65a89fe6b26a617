import { startLimit } from '../support/app.mjs';
import { inPairs } from '../support/pairs.mjs';

/** The application and the limit in turns, on one database. */
export async function againstLimit(bench, { place, app, services }) {
  const limit = await startLimit(place, services);
  const perSecond = (kind, connections, url) => async () => {
    const job = { urls: [url], as: 'small', kind, connections, repeat: 0.01 };
    const result = await bench.load({ ...job, seconds: bench.seconds }, url === app.said);
    return result.perSecond;
  };
  const row = async (name, kind, connections) => {
    const ours = perSecond(kind, connections, app.said);
    const theirs = perSecond(kind, connections, limit.said);
    const result = await inPairs(bench.rounds, ours, theirs);
    bench.report({ name, unit: '/s', against: 'the limit', ...result, atLeast: 0.7 });
  };
  for (const kind of ['token', 'readRoom']) {
    await bench.warmUp(app.said, kind);
    await bench.warmUp(limit.said, kind, { isApp: false });
  }
  for (const inFlight of [1, 20, 100])
    await row(`tokens, ${inFlight} in flight`, 'token', inFlight);
  await row('read one room, 20 in flight', 'readRoom', 20);
  await limit.stop();
}
