import type { DataDirectory, NuvemProcess } from './nuvem-process.js';

/** A process with all that listens in it. */
export interface ThreePorts {
  running: NuvemProcess;
  urls: { api: string; demo: string; node: string };
}

/** Starts a process with the demo, and finds its three servers; the node's stands in a token. */
export async function startOnThreePorts(
  directory: DataDirectory,
  settings: Record<string, string> = {},
): Promise<ThreePorts> {
  const running = directory.start({
    DEMO: 'true',
    DEMO_PORT: '0',
    DEMO_CONTROLLER_PORT: '0',
    ...settings,
  });
  const api = await running.url();
  const demo = await running.demoUrl();
  const answer = await fetch(`${demo}/createToken`, {
    method: 'POST',
    body: new URLSearchParams({ username: 'ann', role: 'presenter', type: 'p2p' }),
  });
  const token = Buffer.from(await answer.text(), 'base64').toString();
  const { host } = JSON.parse(token) as { host: string };
  return { running, urls: { api, demo, node: `http://${host}` } };
}
