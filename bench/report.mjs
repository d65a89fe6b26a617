import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

const BEGIN = '<!-- table: npm run bench writes it -->';
const END = '<!-- end of table -->';

/** Whether a row meets its goal; undefined for one that has none. */
function isMet({ value, reference, ratio, atLeast, atMost, atMostMore }) {
  if (atLeast !== undefined) return ratio >= atLeast;
  if (atMost !== undefined) return ratio <= atMost;
  if (atMostMore !== undefined) return value - reference <= atMostMore;
  return undefined;
}

function goalOf({ unit, atLeast, atMost, atMostMore }) {
  if (atLeast !== undefined) return `≥ ${atLeast}`;
  if (atMost !== undefined) return `≤ ${atMost}`;
  return atMostMore === undefined ? '' : `≤ ${atMostMore}${unit} more`;
}

function number(value, unit) {
  if (value === undefined) return '';
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return value.toLocaleString('en', { maximumFractionDigits: digits }) + unit;
}

/** The cells of a row, as texts. */
export function cells(row) {
  const met = isMet(row);
  return [
    row.name,
    number(row.value, row.unit),
    row.against ?? '',
    number(row.reference, row.unit),
    row.ratio === undefined ? '' : row.ratio.toFixed(2),
    goalOf(row),
    met === undefined ? '' : met ? 'met' : 'missed',
  ];
}

const HEADINGS = ['what', 'measured', 'against', 'measured', 'ratio', 'goal', ''];

export function markdown(rows, { command, note }) {
  const line = (texts) => `| ${texts.join(' | ')} |`;
  const table = [HEADINGS, HEADINGS.map(() => '---'), ...rows.map(cells)].map(line);
  return `\`${command}\`, ${machine()}, ${date()}.\n\n${table.join('\n')}\n\n${note}`;
}

function machine() {
  const [{ model }] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores (${model.trim()}), ${gigabytes} GB, Node ${process.version}`;
}

const date = () => new Date().toISOString().slice(0, 10);

/** Puts the table in its place in a document. */
export function writeInto(path, text) {
  const document = readFileSync(path, 'utf8');
  const [before, rest] = document.split(BEGIN);
  const [, after] = rest.split(END);
  writeFileSync(path, `${before}${BEGIN}\n\n${text}\n\n${END}${after}`);
  execFileSync('node_modules/.bin/prettier', ['--write', path], { stdio: 'ignore' });
}
