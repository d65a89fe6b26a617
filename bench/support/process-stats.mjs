import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** User and system time of all threads of a process so far, in milliseconds. */
export function cpuTime(pid) {
  // The name of the program, in brackets, may hold anything; the fields stand after it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1000;
}

/**
 * Memory of a process, in MB: `own` is what it allocated, `files` what of its mapped files (the database's among
 * them) is in memory just now, and `peak` the most of both together.
 */
export function memory(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)[1]) / 1024;
  return { own: megabytes('RssAnon'), files: megabytes('RssFile'), peak: megabytes('VmHWM') };
}

/** Lets `peak` begin anew. */
export function resetPeak(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
