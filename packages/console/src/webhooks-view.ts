import { byId, h } from '@nuvem/page-kit/dom.js';
import { toast } from '@nuvem/page-kit/toast.js';
import { deliveriesList } from './deliveries-list.js';
import { keepingFocus } from './lists/keep-focus.js';
import type { PagedList } from './lists/paged-list.js';
import type { ServiceApi } from './service-api.js';
import type { Delivery, Webhook, WebhookTest } from './types.js';
import { attempt, timeOf } from './words.js';

const REASONS: Record<string, string> = {
  gone: 'it answered 410',
  failing: 'it did nothing but fail for five days',
};

/** Where a service has its events sent, and what became of them. */
export class WebhooksView {
  private readonly root = byId('webhooks');
  private readonly open = new Map<string, PagedList<Delivery>>();
  private shown = '';
  private api?: ServiceApi;

  choose(api: ServiceApi): void {
    this.api = api;
    this.shown = '';
    this.open.clear();
    this.root.replaceChildren();
    void this.refresh().catch(() => {});
  }

  async refresh(): Promise<void> {
    const { api } = this;
    if (api === undefined) return;
    const webhooks = await api.webhooks();
    if (api !== this.api) return;
    this.show(webhooks, api);
    await Promise.all([...this.open.values()].map((list) => list.refresh()));
  }

  private show(webhooks: Webhook[], api: ServiceApi): void {
    const shown = JSON.stringify(webhooks);
    if (shown === this.shown) return;
    this.shown = shown;
    const ids = new Set(webhooks.map(({ id }) => id));
    for (const id of this.open.keys()) if (!ids.has(id)) this.open.delete(id);
    const rows =
      webhooks.length === 0
        ? [h('p', { className: 'empty' }, 'No webhooks here.')]
        : webhooks.map((webhook) => this.row(webhook, api));
    keepingFocus(() => this.root.replaceChildren(...rows));
  }

  private row(webhook: Webhook, api: ServiceApi): HTMLElement {
    const { id, url, types, description, enabled } = webhook;
    const { word, tone, detail } = stateOf(webhook);
    const test = button(`test-${id}`, 'Test', url);
    test.onclick = async () => {
      test.disabled = true;
      await this.test(api, id);
      test.disabled = false;
    };
    const toggle = button(`enable-${id}`, enabled ? 'Disable' : 'Enable', url);
    toggle.onclick = async () => {
      await attempt(
        () => api.enable(id, !enabled),
        enabled ? 'Nothing is sent to it any more' : 'Events are sent to it again',
      );
      await this.refresh().catch(() => {});
    };
    const deliveries = button(`deliveries-${id}`, 'Deliveries', url);
    const row = h(
      'div',
      { className: 'row' },
      h(
        'div',
        { className: 'row-main' },
        h('p', { className: 'row-title webhook-url', title: url }, url),
        h(
          'p',
          { className: 'muted' },
          [description, types.join(', '), detail].filter(Boolean).join(' · '),
        ),
      ),
      h('span', { className: 'status', data: { tone } }, word),
      test,
      toggle,
      deliveries,
    );
    const draw = () => {
      const list = this.open.get(id);
      deliveries.setAttribute('aria-expanded', String(list !== undefined));
      row.querySelector('.deliveries')?.remove();
      if (list) row.append(h('div', { className: 'deliveries' }, list.element));
    };
    deliveries.onclick = () => {
      if (!this.open.delete(id)) {
        const list = deliveriesList(api, webhook);
        this.open.set(id, list);
        void list.refresh();
      }
      draw();
    };
    draw();
    return row;
  }

  private async test(api: ServiceApi, id: string): Promise<void> {
    let outcome: WebhookTest | undefined;
    await attempt(async () => (outcome = await api.test(id)), 'The test was delivered');
    if (outcome?.delivered === false) toast(`The test failed: ${wordsOf(outcome)}`);
  }
}

function stateOf({ enabled, disabledReason, failingSince }: Webhook) {
  if (!enabled) {
    const reason = disabledReason === undefined ? 'by request' : REASONS[disabledReason];
    return { word: 'Disabled', tone: 'idle', detail: `off: ${reason ?? disabledReason}` };
  }
  if (failingSince === undefined) return { word: 'Enabled', tone: 'good', detail: '' };
  return { word: 'Failing', tone: 'bad', detail: `failing since ${timeOf(failingSince)}` };
}

function wordsOf({ status, error }: WebhookTest): string {
  return status === undefined ? (error ?? 'no answer') : `it answered ${status}`;
}

function button(id: string, text: string, url: string): HTMLButtonElement {
  const made = h('button', { type: 'button', className: 'button quiet', id }, text);
  made.setAttribute('aria-label', `${text}: ${url}`);
  return made;
}
