import { startApp, startLimit } from '../support/app.mjs';
import { inPairs } from '../support/pairs.mjs';
import { cpuTime } from '../support/process-stats.mjs';

const IN_FLIGHT = 20;

/** CPU time per token. The database is a process of its own, so that only the API's time is counted. */
export async function cpuPerToken(bench, { place, app, services }) {
  const limit = await startLimit(place, services);
  const perToken = (server) => async () => {
    const before = cpuTime(server.pid);
    const job = { urls: [server.said], as: 'small', kind: 'token', connections: IN_FLIGHT };
    const { requests } = await bench.load({ ...job, seconds: bench.seconds }, server === app);
    return ((cpuTime(server.pid) - before) / requests) * 1000;
  };
  await bench.warmUp(app.said, 'token');
  await bench.warmUp(limit.said, 'token', { isApp: false });
  const result = await inPairs(bench.rounds, perToken(app), perToken(limit));
  const name = 'CPU time of the API per token';
  bench.report({ name, unit: ' µs', against: 'the limit', ...result, atMost: 1.4 });
  await limit.stop();
}

/** A token over /v1 with HTTP Basic, which needs no nonce, and one as Licode's clients ask for it. */
export async function cpuWithBasic(bench, { app }) {
  const perToken = (kind) => async () => {
    const before = cpuTime(app.pid);
    const job = { urls: [app.said], as: 'small', kind, connections: IN_FLIGHT };
    const { requests } = await bench.load({ ...job, seconds: bench.seconds });
    return ((cpuTime(app.pid) - before) / requests) * 1000;
  };
  await bench.warmUp(app.said, 'token');
  await bench.warmUp(app.said, 'tokenWithBasic');
  const result = await inPairs(bench.rounds, perToken('tokenWithBasic'), perToken('token'));
  const name = 'CPU time of the API per token over /v1 with Basic';
  bench.report({ name, unit: ' µs', against: 'MAuth', ...result, atMost: 0.8 });
}

/** A second copy on the same database. It can only help where there are cores for it. */
export async function twoCopies(bench, { place, app }) {
  const other = await startApp(place);
  const perSecond = (urls) => async () => {
    const job = { urls, as: 'small', kind: 'token', connections: 40 };
    return (await bench.load({ ...job, seconds: bench.seconds })).perSecond;
  };
  const two = perSecond([app.said, other.said]);
  const one = perSecond([app.said]);
  await bench.warmUp(app.said, 'token');
  await bench.warmUp(other.said, 'token');
  const result = await inPairs(bench.rounds, two, one);
  const name = `tokens, 40 in flight, two copies on ${bench.cores} cores`;
  bench.report({ name, unit: '/s', against: 'one copy', ...result });
  await other.stop();
}
