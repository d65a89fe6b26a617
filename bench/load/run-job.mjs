import { Connection } from './connection.mjs';
import { REQUESTS } from './requests.mjs';

/** Where the token's id stands in the base64 of `{"tokenId":"…24 digits…",…`. */
const TOKEN_ID_PART = { base64Length: 48, from: 12, to: 36 };

/**
 * Keeps a number of connections busy for a time, or for a number of requests.
 *
 * @param job `urls`, `kind` and what that kind of request needs, `connections`, and `seconds` or `count`;
 *   `repeat` is the part of the requests that are sent a second time, which must be refused; `perSecond` paces
 *   them; `goesOn` says that a refusal does not end it; `keep` is how many of the latest answers' ids are kept
 */
export async function runJob(job) {
  const { urls, kind, connections, seconds = Infinity, count = Infinity, repeat = 0 } = job;
  const make = REQUESTS[kind];
  const latencies = [];
  const ids = [];
  const replays = { sent: 0, refused: 0 };
  let unexpected;
  let heartbeatSeconds;
  let turn = 0;
  const pace = job.perSecond && new Pace(job.perSecond);
  const started = performance.now();
  const until = started + seconds * 1000;

  async function drive(url) {
    const connection = new Connection(new URL(url));
    try {
      while (turn < count && performance.now() < until && !unexpected) {
        const mine = turn++;
        if (pace) await pace.next();
        const request = make(job, mine);
        const before = performance.now();
        const answer = await exchange(connection, request);
        latencies.push(performance.now() - before);
        if (answer.status >= 300 && !job.goesOn)
          unexpected ??= `${kind} was answered ${answer.status} ${answer.text()}`;
        else if (kind === 'tokenWithBasic') ids.push(JSON.parse(answer.text()).id);
        else if (kind.startsWith('token')) ids.push(tokenId(answer));
        else if (kind === 'registerNode') {
          const registered = JSON.parse(answer.text());
          ids.push(registered.id);
          heartbeatSeconds = registered.heartbeatSeconds;
        } else if (kind === 'createRoom') ids.push(JSON.parse(answer.text())._id);
        if (job.keep && ids.length > job.keep * 2) ids.splice(0, job.keep);
        if (Math.random() < repeat) {
          replays.sent++;
          const { status } = await exchange(connection, request);
          if (status === 401) replays.refused++;
        }
      }
    } finally {
      connection.close();
    }
  }

  const cpuBefore = process.cpuUsage();
  await Promise.all(Array.from({ length: connections }, (_, i) => drive(urls[i % urls.length])));
  const wallSeconds = (performance.now() - started) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  if (unexpected) throw new Error(unexpected);
  return {
    requests: latencies.length,
    perSecond: latencies.length / wallSeconds,
    latencies: Float64Array.from(latencies),
    ids,
    replays,
    /** How often the nodes that were registered are to beat. */
    heartbeatSeconds,
    /** Part of a core that this process itself took. */
    clientCores: (cpu.user + cpu.system) / 1e6 / wallSeconds,
  };
}

function exchange(connection, request) {
  return new Promise((resolve, reject) => {
    connection.send(request, (error, status, bytes, start, end) => {
      if (error) reject(error);
      else resolve({ status, text: () => bytes.toString('utf8', start, end) });
    });
  });
}

function tokenId(answer) {
  const { base64Length, from, to } = TOKEN_ID_PART;
  return Buffer.from(answer.text().slice(0, base64Length), 'base64').toString('latin1', from, to);
}

/** What is due within a tick goes together: to wake up for each alone costs more than to send it. */
const TICK_MS = 10;
/** Who is later than this was held. */
const HELD_MS = 500;

/** Spreads requests evenly. What was not sent while the process was held is left out: nodes send no old beats. */
class Pace {
  constructor(perSecond) {
    this.intervalMs = 1000 / perSecond;
    this.due = performance.now();
  }

  async next() {
    const now = performance.now();
    if (now - this.due > HELD_MS) this.due = now;
    const wait = Math.ceil(this.due / TICK_MS) * TICK_MS - now;
    this.due += this.intervalMs;
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
