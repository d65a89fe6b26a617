import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Every link of the documentation to a file, as `page -> target`. */
function links(): [page: string, target: string][] {
  const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' });
  return pages
    .trim()
    .split('\n')
    .flatMap((page) => {
      // Code is not read: in Go, brackets and parentheses stand next to each other.
      const text = readFileSync(join(root, page), 'utf8').replace(/^```.*?^```/gms, '');
      const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)];
      return targets.map(([, target = '']): [string, string] => [page, target]);
    });
}

it('every link of the documentation leads to a file', () => {
  const broken = links().filter(([page, target]) => !existsSync(join(root, dirname(page), target)));
  expect(broken).toEqual([]);
});
