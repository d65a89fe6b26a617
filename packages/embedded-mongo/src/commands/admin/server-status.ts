import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { Double, Int32, Long } from 'bson';
import type { Command } from '../context.js';
import { VERSION } from './version.js';

const MB = 2 ** 20;

/** As monitoring tools read it: what this server does not have, such as a replica set, is left out. */
export const serverStatus: Command = {
  fields: ['*'],
  run: ({ context }) => {
    const { counters } = context;
    const clients = context.clients();
    const active = clients.filter(({ underWay }) => underWay !== undefined).length;
    const { bytesIn, bytesOut } = context.traffic();
    const uptimeMs = Date.now() - context.startedAt;
    const requests = Object.values(counters).reduce((sum, each) => sum + each, 0);
    return {
      host: hostname(),
      version: VERSION,
      process: 'mongod',
      pid: Long.fromNumber(process.pid),
      uptime: new Double(Math.floor(uptimeMs / 1000)),
      uptimeMillis: Long.fromNumber(uptimeMs),
      uptimeEstimate: Long.fromNumber(Math.floor(uptimeMs / 1000)),
      localTime: new Date(),
      asserts: Object.fromEntries(
        ['regular', 'warning', 'msg', 'user', 'rollovers'].map((kind) => [kind, new Int32(0)]),
      ),
      connections: {
        current: new Int32(clients.length),
        totalCreated: new Int32(context.connectionsMade()),
        active: new Int32(active),
      },
      globalLock: {
        totalTime: Long.fromNumber(uptimeMs * 1000),
        currentQueue: { total: new Int32(0), readers: new Int32(0), writers: new Int32(0) },
        activeClients: { total: new Int32(active), readers: new Int32(0), writers: new Int32(0) },
      },
      mem: {
        bits: new Int32(64),
        resident: new Int32(Math.round(process.memoryUsage.rss() / MB)),
        virtual: new Int32(Math.round(virtualBytes() / MB)),
        supported: true,
      },
      metrics: { cursor: { open: { total: Long.fromNumber(context.cursors.size) } } },
      network: {
        bytesIn: Long.fromNumber(bytesIn),
        bytesOut: Long.fromNumber(bytesOut),
        numRequests: Long.fromNumber(requests),
      },
      opcounters: Object.fromEntries(
        Object.entries(counters).map(([name, count]) => [name, Long.fromNumber(count)]),
      ),
      storageEngine: { name: 'lmdb', persistent: true, readOnly: false },
      ok: 1,
    };
  },
};

const PAGE_BYTES = 4096;

function virtualBytes(): number {
  try {
    return Number(readFileSync('/proc/self/statm', 'latin1').split(' ')[0]) * PAGE_BYTES;
  } catch {
    return process.memoryUsage.rss();
  }
}
