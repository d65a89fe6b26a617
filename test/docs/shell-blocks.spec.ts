import { expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);

function pages(): URL[] {
  const names = [
    ...readdirSync(ROOT),
    ...readdirSync(new URL('docs/', ROOT), { recursive: true }).map(
      (name) => `docs/${String(name)}`,
    ),
    ...readdirSync(new URL('packages/', ROOT)).map((name) => `packages/${name}/README.md`),
  ];
  const found = names.filter((name) => name.endsWith('.md')).map((name) => new URL(name, ROOT));
  return found.filter((page) => existsSync(page));
}

/** An interactive zsh, as macOS has it, takes the words of a comment for arguments, or for a command. */
it('no block of shell commands has a comment in it', () => {
  const comments = pages().flatMap((page) => {
    const blocks = [...readFileSync(page, 'utf8').matchAll(/```(?:sh|bash|shell)\n(.*?)```/gs)];
    const lines = blocks.flatMap(([, block = '']) => block.split('\n'));
    return lines.filter((line) => /(^|\s)#/.test(line)).map((line) => `${page.pathname}: ${line}`);
  });
  expect(comments).toEqual([]);
});
