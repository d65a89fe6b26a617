import { once } from 'node:events';
import { get } from 'node:http';
import { signMAuthSync } from '@nuvem/client/node';
import { inPairs } from '../support/pairs.mjs';
import { memory, resetPeak } from '../support/process-stats.mjs';

/** The whole list of 100,000 rooms and of 10, in turns. */
export async function listRooms(bench, { app, services }) {
  const [few, many] = services;
  await list(app.said, many);
  const against = 'list 10';
  const firstByte = (service) => async () => (await list(app.said, service)).firstByteMs;
  const peak = (service) => async () => {
    resetPeak(app.pid);
    await list(app.said, service);
    return memory(app.pid).peak;
  };
  const times = await inPairs(bench.fewRounds, firstByte(many), firstByte(few));
  bench.report({ name: 'list 100,000 rooms, time to first byte', unit: ' ms', against, ...times });
  const peaks = await inPairs(bench.fewRounds, peak(many), peak(few));
  const name = 'list 100,000 rooms, peak memory of the process';
  bench.report({ name, unit: ' MB', against, ...peaks, atMostMore: 64 });
}

async function list(url, service) {
  const started = performance.now();
  const request = get(`${url}/rooms`, { headers: { authorization: signMAuthSync(service) } });
  const [response] = await once(request, 'response');
  let firstByteMs;
  let bytes = 0;
  response.on('data', (chunk) => {
    firstByteMs ??= performance.now() - started;
    bytes += chunk.length;
  });
  await once(response, 'end');
  if (response.statusCode !== 200)
    throw new Error(`GET /rooms was answered ${response.statusCode}`);
  return { firstByteMs, bytes };
}
