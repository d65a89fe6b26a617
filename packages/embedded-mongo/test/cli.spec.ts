import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const CLI = join(import.meta.dirname, '../dist/cli.js');

it.each(['--help', '-h'])('%s tells how it is used, and that is all', async (option) => {
  const [code, text] = await new Promise<[unknown, string]>((resolve) => {
    execFile(process.execPath, [CLI, option], (error, stdout, stderr) =>
      resolve([error?.code ?? 0, stdout + stderr]),
    );
  });

  expect(code).toBe(0);
  expect(text).toMatch(/^Usage: .*--port.*--host.*--data/);
  expect(text).toContain('PORT does not count');
});
