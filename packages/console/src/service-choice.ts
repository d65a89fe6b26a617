import { byId, h } from '@nuvem/page-kit/dom.js';
import type { ConsoleApi } from './api.js';
import type { ServiceApi } from './service-api.js';

/** Which service is shown. */
export class ServiceChoice {
  private readonly select = byId<HTMLSelectElement>('service');
  private known = '';
  private chosen = '';

  /** @param onChoice told of each other choice */
  constructor(
    private readonly api: ConsoleApi,
    private readonly onChoice: (service: ServiceApi) => void,
  ) {
    this.select.replaceChildren();
    this.select.onchange = () => this.tell();
  }

  /** Reads the services again. */
  async refresh(): Promise<void> {
    const services = (await this.api.services()).filter(({ role }) => role !== 'node');
    const known = JSON.stringify(services.map(({ id, name }) => [id, name]));
    if (known === this.known) return;
    this.known = known;
    this.select.replaceChildren(
      ...services.map(({ id, name }) => h('option', { value: id }, name)),
    );
    // Tenants are what an operator looks for; the superservice seldom has rooms.
    const first = services.find(({ role }) => role === 'tenant') ?? services[0];
    const isKept = services.some(({ id }) => id === this.chosen);
    this.select.value = isKept ? this.chosen : (first?.id ?? '');
    this.tell();
  }

  private tell(): void {
    if (this.select.value === this.chosen || this.select.value === '') return;
    this.chosen = this.select.value;
    this.onChoice(this.api.of(this.chosen));
  }
}
