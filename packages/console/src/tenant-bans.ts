import { byId } from '@nuvem/page-kit/dom.js';
import { BansView } from './bans-view.js';
import type { ServiceApi } from './service-api.js';

/** Who is kept out of all rooms of the service that is shown. */
export class TenantBans {
  private view?: BansView;

  choose(api: ServiceApi): void {
    this.view = new BansView(api, 'all rooms');
    byId('bans').replaceChildren(this.view.element);
    void this.view.refresh();
  }

  async refresh(): Promise<void> {
    await this.view?.refresh();
  }
}
