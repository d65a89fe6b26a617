import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const running = new Set();

/** Starts a Node process and waits for the line in which it says that it is ready. */
export async function startProcess(args, env, ready) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const lines = createInterface({ input: child.stdout });
  const said = await Promise.race([
    new Promise((resolve) => {
      lines.on('line', (line) => {
        const match = ready.exec(line);
        if (match) resolve(match[1]);
      });
    }),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${args.join(' ')} ended with ${code} before it was ready`);
    }),
  ]);
  let stopping = false;
  child.once('exit', (code, signal) => {
    if (!stopping) process.stderr.write(`${args.join(' ')} ended by itself: ${signal ?? code}\n`);
  });
  return {
    pid: child.pid,
    said,
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** Forks a module and gives a function that sends it a job and waits for its answer. */
export function startWorker(path) {
  const child = fork(fileURLToPath(new URL(path, import.meta.url)), {
    serialization: 'advanced',
    execArgv: [],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return {
    pid: child.pid,
    async ask(job) {
      child.send(job);
      const [answer] = await once(child, 'message');
      if (answer.error) throw new Error(answer.error);
      return answer;
    },
    /** Holds the process as it is, so that it takes nothing from what is measured meanwhile. */
    pause() {
      child.kill('SIGSTOP');
    },
    resume() {
      child.kill('SIGCONT');
    },
    stop() {
      child.kill('SIGKILL');
    },
  };
}

/** Ends what a failed run left behind. */
export function stopAll() {
  for (const child of running) child.kill('SIGKILL');
}
