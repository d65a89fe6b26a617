import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../support/numbers.mjs';
import { memory } from '../support/process-stats.mjs';

const SAMPLE_MS = 1_000;

/** What the process has allocated, at rest and under load; its mapped files are left out: they are the system's. */
export async function memoryUnderLoad(bench, { app }) {
  const minuteSeconds = bench.quick ? 3 : 60;
  const seconds = minuteSeconds * (bench.quick ? 3 : 10);
  await sleep(bench.quick ? 500 : 5_000);
  const atRest = memory(app.pid).own;
  const samples = [];
  const timer = setInterval(() => samples.push(memory(app.pid).own), SAMPLE_MS);
  const job = { urls: [app.said], as: 'small', kind: 'token', connections: 20 };
  // Tokens and nonces expire during this load as they do in production: the latest are still there.
  await bench.load({ ...job, seconds, repeat: 0.01, keep: 50_000 });
  clearInterval(timer);
  const minute = Math.floor((minuteSeconds * 1000) / SAMPLE_MS);
  // The second minute, since the first is left out, against the last.
  const begin = median(samples.slice(minute, 2 * minute));
  const end = median(samples.slice(-minute));
  bench.report({ name: 'memory at rest', unit: ' MB', value: atRest });
  bench.report({
    name: bench.quick ? 'memory, 9th second of load' : 'memory, 10th minute of load',
    unit: ' MB',
    value: end,
    against: bench.quick ? 'the 6th second' : 'the 2nd minute',
    reference: begin,
    ratio: end / begin,
    ...(!bench.quick && { atMost: 1.05 }),
  });
}
