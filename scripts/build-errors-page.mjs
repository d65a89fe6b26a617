import { Marked } from 'marked';
import { mkdir, readFile, writeFile, cp } from 'node:fs/promises';

const PLACE = '<!-- docs/reference/errors.md -->';
/** A row that begins with a code. */
const CODE = /^<td><code>([A-Z_]+)<\/code>/;

/**
 * Renders docs/reference/errors.md into the page that the types of problems lead to: the row of each code has its id.
 *
 * @param {{ text: string, source: string, target: string }} page where it is, and the folder that is served
 */
export async function buildErrorsPage({ text, source, target }) {
  const marked = new Marked({
    renderer: {
      tablerow({ text: cells }) {
        const [, code] = CODE.exec(cells.trimStart()) ?? [];
        return `<tr${code ? ` id="${code}"` : ''}>\n${cells}</tr>\n`;
      },
    },
  });
  const rendered = await marked.parse(await readFile(text, 'utf8'));
  const page = await readFile(`${source}errors.html`, 'utf8');
  await mkdir(target, { recursive: true });
  await writeFile(
    `${target}errors.html`,
    page.replace(PLACE, () => rendered),
  );
  await cp(`${source}errors.css`, `${target}errors.css`);
}
