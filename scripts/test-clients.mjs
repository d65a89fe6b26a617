// npm run test:clients: the pages of docs/clients, done as they stand, against the built application. It needs the
// languages and a network, which is why `npm test` is without it. `--only python` leaves out the others.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkJob } from '../test/clients/job.mjs';
import { withNuvem } from '../test/clients/nuvem.mjs';
import { readPage } from '../test/clients/page.mjs';

const LANGUAGES = [
  { name: 'python', command: 'python3', files: { python: 'main.py' } },
  { name: 'go', command: 'go', files: { yaml: 'oapi-codegen.yaml', go: 'main.go' } },
];
const NAMES = LANGUAGES.map(({ name }) => name);

const CACHE = fileURLToPath(new URL('../node_modules/.cache/clients/', import.meta.url));
const CACHES = {
  PIP_CACHE_DIR: join(CACHE, 'cache/pip'),
  GOCACHE: join(CACHE, 'cache/go-build'),
  GOMODCACHE: join(CACHE, 'cache/go-mod'),
  // Otherwise the modules are read-only, and `npm ci` cannot remove node_modules.
  GOFLAGS: `${process.env.GOFLAGS ?? ''} -modcacherw`.trim(),
};

/** Does what a language's page says. @throws when a command fails, or the job was not done */
async function test({ name, files }) {
  const page = readPage(`docs/clients/${name}.md`, files);
  const directory = join(CACHE, name);
  await mkdir(directory, { recursive: true });
  for (const entry of await readdir(directory)) {
    if (entry !== 'venv') await rm(join(directory, entry), { recursive: true });
  }
  for (const file of page.files) await writeFile(join(directory, file.name), file.code);
  const output = await withNuvem((variables) =>
    run(page.commands, directory, { ...process.env, ...CACHES, ...variables }),
  );
  checkJob(JSON.parse(output.trim().split('\n').at(-1)));
}

/** Runs commands one after the other, and gives what they wrote. @throws with the one that failed, and its words */
async function run(commands, cwd, env) {
  const script = `set -eEuo pipefail; trap 'echo "$BASH_COMMAND" >&3' ERR\n${commands}`;
  const stdio = ['ignore', 'pipe', 'pipe', 'pipe'];
  const shell = spawn('bash', ['-c', script], { cwd, env, stdio });
  const [output, errors, failed, [code]] = await Promise.all([
    text(shell.stdout),
    text(shell.stderr),
    text(shell.stdio[3]),
    once(shell, 'close'),
  ]);
  if (code !== 0) throw new Error(`${failed.trim() || 'bash'} (${code})\n${output}${errors}`);
  return output;
}

async function report(language, chosen) {
  const { name, command } = language;
  if (!chosen.includes(name)) return `left out: --only ${chosen.join(' --only ')}`;
  if (spawnSync(command, ['version']).error)
    throw new Error(`there is no ${command} on this machine`);
  await test(language);
  return 'ok';
}

const { only = NAMES } = parseArgs({
  options: { only: { type: 'string', multiple: true } },
}).values;
const unknown = only.filter((name) => !NAMES.includes(name));
if (unknown.length > 0) {
  console.error(`There is no client for ${unknown.join(', ')}, only for ${NAMES.join(', ')}`);
  process.exit(2);
}
for (const language of LANGUAGES) {
  try {
    console.log(`${language.name}: ${await report(language, only)}`);
  } catch (error) {
    console.log(`${language.name}: failed: ${error.message}`);
    process.exitCode = 1;
  }
}
