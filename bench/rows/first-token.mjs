import { percentile } from '../support/numbers.mjs';
import { summarize } from '../support/pairs.mjs';
import { seedRooms } from '../support/seed.mjs';

/** The first token of new rooms, each followed by another of the same room. */
export async function firstToken(bench, { place, app, services }) {
  const [service] = services;
  const first = [];
  const later = [];
  for (let round = 0; round <= bench.rounds; round++) {
    const rooms = await seedRooms(place.uri, service, undefined, bench.quick ? 100 : 400);
    const twice = rooms.flatMap((id) => [id, id]);
    const job = { urls: [app.said], service, rooms: twice, kind: 'tokensInOrder', connections: 1 };
    const { latencies } = await bench.load({ ...job, count: twice.length });
    // The first round warms up.
    if (round === 0) continue;
    first.push(latencies.filter((_, i) => i % 2 === 0));
    later.push(latencies.filter((_, i) => i % 2 === 1));
  }
  for (const [name, p, atMost] of [
    ['p50', 0.5, 2],
    ['p99', 0.99, 3],
  ]) {
    const at = (rounds) => rounds.map((latencies) => percentile(latencies, p));
    const result = summarize(at(first), at(later));
    const label = `first token of a new room, ${name}`;
    bench.report({ name: label, unit: ' ms', against: 'a later one', ...result, atMost });
  }
}
