import { readFileSync } from 'node:fs';

/**
 * What a page of docs/clients holds: its commands in their order, and its files.
 *
 * @param names the name of the file that a block of code is, by the block's language
 * @throws when there is not one block of each of these languages
 */
export function readPage(page, names) {
  const markdown = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  const blocks = [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  const written = (language) =>
    blocks.filter((block) => block[1] === language).map(([, , code]) => code);
  const files = Object.entries(names).map(([language, name]) => {
    const [code, ...others] = written(language);
    if (code === undefined || others.length > 0) throw new Error(`${page} has not one ${name}`);
    return { name, code };
  });
  return { files, commands: written('sh').join('') };
}
