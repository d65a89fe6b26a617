import { Agent, request } from 'node:http';

/** Sends many requests at once over connections that are kept: `fetch` would make one for each. */
export class Burst {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 100 });

  /** @returns the answer's status */
  send(method: string, url: string, headers: Record<string, string>): Promise<number> {
    return new Promise((resolve, reject) => {
      request(url, { method, headers, agent: this.agent }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      })
        .on('error', reject)
        .end();
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** How often each status was answered. */
export function countOf(statuses: number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
