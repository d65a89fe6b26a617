import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import * as os from 'node:os';
import { resolve as absolute } from 'node:path';
import { Worker } from 'node:worker_threads';
import { printable } from '../../common/printable.js';

const TIMEOUT_MS = 5_000;
const MAX_SOURCE_CHARACTERS = 1_048_576;
const MAX_MESSAGE_CHARACTERS = 300;

/** What the thread that evaluates a file is given. */
export interface ConfigFile {
  source: string;
  path: string;
  timeoutMs: number;
  /** What `require('os')` tells there, and `process`. */
  os: Record<string, unknown>;
  process: Record<string, unknown>;
}

export interface EvaluatedConfig {
  config: Record<string, unknown>;
  /** Names of environment variables that the file asked for; it is shown none. */
  variables: string[];
}

type Outcome = { config: unknown; variables: string[] } | { error: string };

/**
 * The object that a `licode_config.js` exports. The file is evaluated by an interpreter without any power over this
 * machine, in bounded memory, and in a thread of its own that ends in time: whatever the file does, it learns no key
 * of this process and reaches nothing outside.
 *
 * @throws Error saying what is wrong with the file
 */
export async function evaluateConfig(path: string): Promise<EvaluatedConfig> {
  const source = await readFile(path, 'utf8');
  if (source.length > MAX_SOURCE_CHARACTERS) throw new Error('it is too long');
  const outcome = await run(source, absolute(path));
  if ('error' in outcome) throw new Error(explain(outcome.error));
  const { config, variables } = outcome;
  if (typeof config !== 'object' || config === null) throw new Error('it exports no object');
  return { config: config as EvaluatedConfig['config'], variables };
}

async function run(source: string, path: string): Promise<Outcome> {
  const worker = new Worker(new URL('./config-interpreter.js', import.meta.url), {
    workerData: { source, path, timeoutMs: TIMEOUT_MS, ...facts() } satisfies ConfigFile,
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  // Some functions of the interpreter run long without asking whether they are to end.
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const [text] = (await once(worker, 'message', { signal })) as [string];
    return JSON.parse(text) as Outcome;
  } catch {
    return { error: signal.aborted ? 'interrupted' : 'it cannot be evaluated' };
  } finally {
    await worker.terminate();
  }
}

function facts(): Pick<ConfigFile, 'os' | 'process'> {
  const { arch, platform, version, versions } = process;
  return {
    os: {
      EOL: os.EOL,
      arch,
      cpus: os.cpus(),
      hostname: os.hostname(),
      networkInterfaces: os.networkInterfaces(),
      platform,
      tmpdir: os.tmpdir(),
      type: os.type(),
    },
    process: { arch, argv: [], cwd: process.cwd(), platform, version, versions },
  };
}

function explain(error: string): string {
  if (error === 'interrupted') return 'it timed out: it takes too long to evaluate';
  return printable(error).slice(0, MAX_MESSAGE_CHARACTERS);
}
