import { execFile } from 'node:child_process';

const TIMEOUT_MS = 3000;
const MAX_OUTPUT_BYTES = 1_048_576;

/**
 * What the child process runs: as text, since a child can't be given TypeScript. The file is JavaScript
 * that builds an object and may end in `module.exports = config`; it gets what such files use and a
 * second of time, in a process that has nothing else to lose.
 */
const PROGRAM = `
  const { readFileSync } = require('node:fs');
  const vm = require('node:vm');
  const path = process.argv[1];
  const quiet = () => undefined;
  const sandbox = {
    module: { exports: {} },
    process: { env: { ...process.env } },
    console: { log: quiet, info: quiet, warn: quiet, error: quiet },
    require: (name) => {
      if (['os', 'path'].includes(name.replace('node:', ''))) return require(name);
      throw new Error('require of ' + name + ' is not supported here');
    },
  };
  sandbox.exports = sandbox.module.exports;
  const context = vm.createContext(sandbox);
  vm.runInContext(readFileSync(path, 'utf8'), context, { filename: path, timeout: 1000 });
  const exported = sandbox.module.exports;
  const config = Object.keys(exported).length > 0 ? exported : sandbox.config;
  process.stdout.write(JSON.stringify(config ?? null));
`;

/**
 * The object that a `licode_config.js` exports, worked out in a child process: a file that loops or exits
 * does no harm here.
 *
 * @throws Error saying what is wrong with the file
 */
export async function evaluateConfig(path: string): Promise<Record<string, unknown>> {
  const config: unknown = JSON.parse(await run(path));
  if (typeof config !== 'object' || config === null) throw new Error('it exports no object');
  return config as Record<string, unknown>;
}

function run(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--max-old-space-size=64', '--eval', PROGRAM, path],
      { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout || 'null');
        else if (error.killed) reject(new Error('it takes too long to evaluate'));
        else reject(new Error(/^\w*Error: .*$/m.exec(stderr)?.[0] ?? 'it cannot be evaluated'));
      },
    ).stdin?.end();
  });
}
