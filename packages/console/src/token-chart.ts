import { byId, h, setText } from '@nuvem/page-kit/dom.js';
import type { Snapshot } from './types.js';

const SVG = 'http://www.w3.org/2000/svg';
const MINUTES = 10;
const WIDTH = 600;
const HEIGHT = 120;
const SERIES = ['issued', 'refused'] as const;

type Series = (typeof SERIES)[number];

const NAMES: Record<Series, string> = { issued: 'issued', refused: 'refused' };

/** Tokens issued and refused, a bar for each interval of the last ten minutes. */
export class TokenChart {
  private readonly root = byId('chart');
  private readonly counts: Record<Series, HTMLElement>;
  private readonly scale = h('span', { className: 'scale' });

  constructor() {
    const entry = (series: Series) => h('strong', { data: { series } });
    this.counts = { issued: entry('issued'), refused: entry('refused') };
    byId('token-legend').replaceChildren(
      ...SERIES.map((series) =>
        h('li', { className: series }, this.counts[series], ` ${NAMES[series]}`),
      ),
    );
  }

  show({ activity, intervalMs }: Snapshot, now: number): void {
    const bars = (MINUTES * 60_000) / intervalMs;
    const last = Math.floor(now / intervalMs);
    const byInterval = new Map(activity.map((entry) => [Math.floor(entry.at / intervalMs), entry]));
    const shown = Array.from({ length: bars }, (_, i) => byInterval.get(last - bars + 1 + i));
    const total = (series: Series) => shown.reduce((sum, bar) => sum + (bar?.[series] ?? 0), 0);
    for (const series of SERIES) setText(this.counts[series], String(total(series)));
    const highest = Math.max(...shown.map((bar) => (bar?.issued ?? 0) + (bar?.refused ?? 0)));
    const top = niceTop(highest);
    setText(this.scale, `${top} in ${intervalMs / 1000} s`);

    const svg = element('svg', {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': `${total('issued')} tokens issued and ${total('refused')} refused in the last ten minutes`,
    });
    const step = WIDTH / bars;
    shown.forEach((bar, i) => {
      let bottom = HEIGHT;
      for (const series of SERIES) {
        const height = ((bar?.[series] ?? 0) / top) * HEIGHT;
        if (height === 0) continue;
        bottom -= height;
        const x = i * step + step * 0.15;
        svg.append(
          element('rect', { class: series, x, y: bottom, width: step * 0.7, height, rx: 1 }),
        );
      }
    });
    this.root.replaceChildren(
      this.scale,
      svg,
      ...(highest === 0 ? [h('span', { className: 'none' }, 'No tokens were asked for')] : []),
      h('span', { className: 'from' }, `${MINUTES} minutes ago`),
      h('span', { className: 'to' }, 'now'),
    );
  }
}

/** A round number at least as high as the highest bar. */
function niceTop(highest: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(highest, 1)));
  const steps = [1, 2, 5, 10].map((step) => step * magnitude);
  return Math.max(4, steps.find((step) => step >= highest) ?? highest);
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
