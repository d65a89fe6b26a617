import { execFile } from 'node:child_process';
import { resolve as absolute } from 'node:path';

const TIMEOUT_MS = 5_000;
const MAX_OUTPUT_BYTES = 1_048_576;

/** Node 22.13 and newer call it by its short name. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

/**
 * What the child process runs: as text, since a child can't be given TypeScript. The file is a CommonJS
 * module that may, as Licode's own does, only set a global `config`.
 */
const PROGRAM = `
  const { readFileSync } = require('node:fs');
  const { createRequire } = require('node:module');
  const { dirname } = require('node:path');
  const { Writable } = require('node:stream');
  const vm = require('node:vm');
  const path = process.argv[1];
  const output = process.stdout;
  const variables = new Set();
  const ask = (target, name) => {
    if (typeof name === 'string' && !(name in target)) variables.add(name);
  };
  process.env = new Proxy({}, {
    get: (target, name) => { ask(target, name); return target[name]; },
    has: (target, name) => { ask(target, name); return name in target; },
  });
  globalThis.console = new console.Console(new Writable({ write: (text, encoding, done) => done() }));
  const source = readFileSync(path, 'utf8') + '\\n;return typeof config === "undefined" ? null : config';
  const names = ['exports', 'require', 'module', '__filename', '__dirname'];
  const module_ = { exports: {} };
  let config;
  try {
    const evaluate = vm.compileFunction(source, names, { filename: path });
    const arguments_ = [module_.exports, createRequire(path), module_, path, dirname(path)];
    config = Reflect.apply(evaluate, module_.exports, arguments_);
  } catch (error) {
    if (error?.code !== 'ERR_ACCESS_DENIED') throw error;
    const what = (error.permission + ' ' + error.resource).trim();
    throw new Error(what + ' is not supported: the file may read itself and use modules of Node');
  }
  const exported = module_.exports;
  const found = Object.keys(exported).length > 0 ? exported : config;
  output.write(JSON.stringify({ config: found, variables: [...variables] }));
`;

export interface EvaluatedConfig {
  config: Record<string, unknown>;
  /** Names of environment variables that the file asked for; it is shown none. */
  variables: string[];
}

/**
 * The object that a `licode_config.js` exports, worked out in a child process that has nothing to lose: no
 * environment, no file but this one, no children, a bounded time, heap and output. Whatever the file does, it learns
 * no key of this process.
 *
 * @throws Error saying what is wrong with the file
 */
export async function evaluateConfig(path: string): Promise<EvaluatedConfig> {
  const { config, variables } = JSON.parse(await run(absolute(path))) as EvaluatedConfig;
  if (typeof config !== 'object' || config === null) throw new Error('it exports no object');
  return { config, variables };
}

function run(path: string): Promise<string> {
  const limits = [PERMISSION, `--allow-fs-read=${path}`, '--max-old-space-size=64'];
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [...limits, '--eval', PROGRAM, path],
      { env: {}, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout || '{"config":null,"variables":[]}');
        else if (error.killed) reject(new Error('it timed out: it takes too long to evaluate'));
        else reject(new Error(/^\w*Error: .*$/m.exec(stderr)?.[0] ?? 'it cannot be evaluated'));
      },
    ).stdin?.end();
  });
}
