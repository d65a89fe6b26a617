import { readFileSync } from 'node:fs';

/** The blocks of code in one language under a heading of a page. */
export function codeUnder(page: string, heading: string, language: string): string {
  const markdown = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  const section = markdown.split(/^#+ /m).find((each) => each.startsWith(`${heading}\n`)) ?? '';
  const blocks = section.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'));
  return [...blocks].map(([, block]) => block).join('');
}
