import { parseControl, type ControlCall } from '@nuvem/client';
import { verifyControl } from '@nuvem/client/node';
import type { NodeApi } from '../options.js';
import { ReplayMemory } from './replay-memory.js';

const WINDOW_MS = 300_000;

/** Lets in only what the API signed with this node's own key, lately, and once. */
export class ControlCheck {
  private readonly replays = new ReplayMemory(WINDOW_MS);

  constructor(private readonly api: NodeApi) {}

  async isGenuine(authorization: string | undefined, call: ControlCall): Promise<boolean> {
    const fields = parseControl(authorization);
    if (!fields || !/^\d{1,16}$/.test(fields.timestamp)) return false;
    if (Math.abs(Date.now() - Number(fields.timestamp)) > WINDOW_MS) return false;
    const { credentials } = await this.api.client();
    return (
      fields.serviceId === credentials.serviceId &&
      verifyControl(fields, credentials.key, call) &&
      this.replays.use(fields.signature, performance.now())
    );
  }
}
