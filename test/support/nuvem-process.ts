import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ApiClient } from './api-client.js';

/** `node dist/main.js`, as it is started in earnest. */
export class NuvemProcess {
  output = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  private readonly waiting = new Set<() => void>();

  constructor(settings: Record<string, string>, cwd = process.cwd()) {
    const env = {
      PATH: process.env['PATH'],
      PORT: '0',
      DEMO: 'false',
      CONTROL_URL_ALLOW_SUBNETS: '127.0.0.0/8',
      WEBHOOK_ALLOW_SUBNETS: '127.0.0.0/8',
      ...settings,
    };
    this.child = spawn(process.execPath, [resolve('dist/main.js')], { env, cwd });
    this.ended = once(this.child, 'close');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        for (const look of this.waiting) look();
      });
    }
    void this.ended.then(() => this.waiting.forEach((look) => look()));
  }

  /** Waits until the output has this in it. @throws when the process ends without having written it */
  async wrote(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(this.output);
        if (match) resolve(match);
        else if (this.child.exitCode !== null) reject(new Error(`It ended:\n${this.output}`));
        else return;
        this.waiting.delete(look);
      };
      this.waiting.add(look);
      look();
    });
  }

  /** Where the API listens, once it does. */
  async url(): Promise<string> {
    return (await this.wrote(/the API on (http:\/\/\S+)/))[1] ?? '';
  }

  /** Where the demo's pages are, once they are served. */
  async demoUrl(): Promise<string> {
    return (await this.wrote(/the demo on (http:\/\/\S+)/))[1] ?? '';
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Waits for the end, and gives the exit code; null after a signal. */
  async exitCode(): Promise<number | null> {
    await this.ended;
    return this.child.exitCode;
  }

  /** Ends it, whatever it does. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** A data directory of its own, and the processes on it. */
export class DataDirectory {
  private readonly processes: NuvemProcess[] = [];

  private constructor(readonly path: string) {}

  static async make(): Promise<DataDirectory> {
    return new DataDirectory(await mkdtemp(join(tmpdir(), 'nuvem-process-')));
  }

  start(settings: Record<string, string> = {}, cwd?: string): NuvemProcess {
    const started = new NuvemProcess({ DATA_DIR: this.path, ...settings }, cwd);
    this.processes.push(started);
    return started;
  }

  async secrets(): Promise<Record<string, string>> {
    const text = await readFile(join(this.path, 'secrets.json'), 'utf8');
    return JSON.parse(text) as Record<string, string>;
  }

  /** A client that signs as the superservice of this directory. */
  async client(url: string): Promise<ApiClient> {
    const { superserviceId = '', superserviceKey = '' } = await this.secrets();
    return new ApiClient(url, { serviceId: superserviceId, key: superserviceKey });
  }

  async remove(): Promise<void> {
    await Promise.all(this.processes.map((each) => each.kill()));
    await rm(this.path, { recursive: true, force: true });
  }
}
