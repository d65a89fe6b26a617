import { h } from '@nuvem/page-kit/dom.js';
import { PagedList } from './lists/paged-list.js';
import type { ServiceApi } from './service-api.js';
import type { Delivery, Webhook } from './types.js';
import { attempt, timeOf } from './words.js';

const STATUS: Record<Delivery['status'], { word: string; tone: string }> = {
  pending: { word: 'Pending', tone: 'warn' },
  delivered: { word: 'Delivered', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
};

/** What became of events at one webhook, each with a button that sends it once more. */
export function deliveriesList(api: ServiceApi, { id, url }: Webhook): PagedList<Delivery> {
  const list: PagedList<Delivery> = new PagedList<Delivery>({
    label: `deliveries to ${url}`,
    empty: 'Nothing was sent yet.',
    read: (cursor) => api.deliveries(id, cursor),
    row: (delivery) => {
      const { word, tone } = STATUS[delivery.status];
      const again = h(
        'button',
        { type: 'button', className: 'button quiet', id: `redeliver-${delivery.id}` },
        'Redeliver',
      );
      again.setAttribute('aria-label', `Redeliver ${delivery.type}, ${delivery.eventId}`);
      again.onclick = async () => {
        await attempt(() => api.redeliver(id, delivery.id), 'It is sent once more');
        await list.refresh();
      };
      return h(
        'li',
        { className: 'delivery' },
        h('span', { className: 'event-type' }, delivery.type),
        h('span', { className: 'muted grow' }, attemptsOf(delivery)),
        h('span', { className: 'status', data: { tone } }, word),
        again,
      );
    },
  });
  return list;
}

function attemptsOf({ attempts, nextAttemptAt }: Delivery): string {
  const last = attempts.at(-1);
  const count = attempts.length === 1 ? '1 attempt' : `${attempts.length} attempts`;
  const outcome =
    last && (last.status === undefined ? (last.error ?? 'no answer') : `${last.status}`);
  return [
    count,
    last && `last ${timeOf(last.at)}: ${outcome}`,
    nextAttemptAt !== undefined && `next ${timeOf(nextAttemptAt)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}
