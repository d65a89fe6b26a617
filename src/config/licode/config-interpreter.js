/*
 * The thread that evaluates a `licode_config.js`. It is JavaScript, since Node itself has to run it in the tests as in
 * the build.
 *
 * The file runs in an engine of its own (QuickJS in WebAssembly) that has no way to the process, its files, its
 * network or its memory. All it can call out of there is `path`, on text.
 */
import variant from '@jitl/quickjs-wasmfile-release-sync';
import * as nodePath from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import {
  newQuickJSWASMModuleFromVariant,
  shouldInterruptAfterDeadline,
} from 'quickjs-emscripten-core';

const MEMORY_BYTES = 64 * 1024 * 1024;
const STACK_BYTES = 256 * 1024;
const MAX_RESULT_CHARACTERS = 1_048_576;

/** @type {import('./evaluate-config.js').ConfigFile} */
const { timeoutMs, ...file } = workerData;

const { sep, delimiter } = nodePath;
const PATH_FUNCTIONS = [
  'basename',
  'dirname',
  'extname',
  'format',
  'isAbsolute',
  'join',
  'normalize',
  'parse',
  'relative',
  'resolve',
];

/** What runs in the engine before the file, and makes what CommonJS modules expect around it. */
const PRELUDE = `(function (given, callPath) {
  'use strict';
  const { parse, stringify } = JSON;
  const { source, path, os, process, pathFunctions, separators } = parse(given);
  const asked = new Set();
  const ask = (target, name) => {
    if (typeof name === 'string' && !(name in target)) asked.add(name);
  };
  process.env = new Proxy({}, {
    get: (target, name) => { ask(target, name); return target[name]; },
    has: (target, name) => { ask(target, name); return name in target; },
  });
  const { cwd } = process;
  process.cwd = () => cwd;
  const modules = { path: { ...separators }, os: { EOL: os.EOL } };
  for (const name of pathFunctions) {
    modules.path[name] = (...values) => parse(callPath(name, stringify(values)));
  }
  for (const name of Object.keys(os)) if (name !== 'EOL') modules.os[name] = () => os[name];
  const require = (name) => {
    const known = String(name).replace(/^node:/, '');
    if (Object.hasOwn(modules, known)) return modules[known];
    throw new Error(name + ' is not available when the file is read by Nuvem: only path and os are');
  };
  const quiet = () => undefined;
  globalThis.global = globalThis;
  globalThis.process = process;
  globalThis.console = Object.fromEntries(
    ['debug', 'dir', 'error', 'info', 'log', 'table', 'time', 'timeEnd', 'trace', 'warn'].map((name) => [name, quiet]),
  );
  const module = { exports: {} };
  const { exports } = module;
  const text = source + '\\n;return typeof config === "undefined" ? null : config';
  try {
    const names = ['exports', 'require', 'module', '__filename', '__dirname'];
    const evaluate = new Function(...names, text);
    const config = Reflect.apply(evaluate, exports, [exports, require, module, path, modules.path.dirname(path)]);
    const exported = module.exports;
    const isFilled = typeof exported !== 'object' || exported === null || Object.keys(exported).length > 0;
    return stringify({ config: isFilled ? exported : config, variables: [...asked] });
  } catch (error) {
    return stringify({ error: String(error) });
  }
})`;

/**
 * @param {string} error
 * @returns {void}
 */
function refuse(error) {
  parentPort?.postMessage(JSON.stringify({ error }));
}

const runtime = (await newQuickJSWASMModuleFromVariant(variant)).newRuntime();
runtime.setMemoryLimit(MEMORY_BYTES);
runtime.setMaxStackSize(STACK_BYTES);
runtime.setInterruptHandler(shouldInterruptAfterDeadline(Date.now() + timeoutMs));
const context = runtime.newContext();

const given = context.newString(
  JSON.stringify({ ...file, pathFunctions: PATH_FUNCTIONS, separators: { sep, delimiter } }),
);
const callPath = context.newFunction('callPath', (name, values) => {
  const found = PATH_FUNCTIONS.find((each) => each === context.getString(name)) ?? 'normalize';
  return context.newString(
    JSON.stringify(nodePath[found](...JSON.parse(context.getString(values)))),
  );
});
const prelude = context.unwrapResult(context.evalCode(PRELUDE));
const result = context.callFunction(prelude, context.undefined, given, callPath);
if (result.error) {
  refuse(String(context.dump(result.error)?.message));
} else if (context.getNumber(context.getProp(result.value, 'length')) > MAX_RESULT_CHARACTERS) {
  refuse('it exports too much');
} else {
  const text = context.getString(result.value);
  // What the file has left to be done later is done, so that a file that never ends is told.
  const jobs = runtime.executePendingJobs();
  if (jobs.error) refuse('interrupted');
  else parentPort?.postMessage(text);
}
