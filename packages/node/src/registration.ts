import { type ApiClient, ApiError, hostWithPort, isRecord, pause, untilDone } from '@nuvem/client';
import type { NodeApi, P2pNodeOptions } from './options.js';
import type { Rooms } from './signalling/rooms.js';

/** What the API says to a node that registers. */
interface Registered {
  id: string;
  heartbeatSeconds: number;
}

export interface NodeAddress {
  ip: string;
  /** Empty when browsers connect to the address. */
  hostname: string;
  /** Port that browsers connect to. */
  port: number;
  /** Whether they connect with TLS. */
  secure: boolean;
  controlUrl: string;
}

/** Keeps this node known to the API: registers, beats, registers again, says goodbye. */
export class Registration {
  private readonly stopping = new AbortController();
  private running?: Promise<void>;
  private nodeId?: string;
  private troubled = false;

  constructor(
    private readonly api: NodeApi,
    private readonly rooms: Rooms,
    private readonly options: Pick<P2pNodeOptions, 'logger'>,
  ) {}

  start(address: NodeAddress): void {
    this.running = this.run(address);
  }

  /** Tells the API that the node is gone, so that it need not find out. */
  async end(): Promise<void> {
    this.stopping.abort();
    await this.running;
    if (this.nodeId === undefined) return;
    try {
      const client = await this.api.client();
      await client.request('DELETE', `/v1/nodes/${this.nodeId}`);
    } catch (error) {
      this.options.logger.warn(`The API did not take the node's goodbye: ${messageOf(error)}`);
    }
  }

  private async run(address: NodeAddress): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const registered = await untilDone(
        () => this.register(address),
        signal,
        (error) => this.complain(error),
      );
      this.nodeId = registered?.id;
      if (registered) await this.beat(registered);
    }
  }

  private async register(address: NodeAddress): Promise<Registered> {
    const client = await this.api.client();
    const body = { ...address, labels: { media: 'p2p' } };
    const answer = await this.signed(client.request('POST', '/v1/nodes', body));
    if (!isRegistered(answer)) throw new Error('No id in the answer');
    this.troubled = false;
    this.options.logger.info(
      `Node ${answer.id} registered as ${hostWithPort(address.hostname || address.ip, address.port)}`,
    );
    return answer;
  }

  /** Beats until the API no longer knows the node. */
  private async beat({ id, heartbeatSeconds }: Registered): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        const client = await this.api.client();
        await this.signed(this.report(client, id));
        this.troubled = false;
      } catch (error) {
        if (error instanceof ApiError && (error.status === 404 || error.status === 401)) return;
        // An API that is away for a while changes nothing for the calls that run.
        this.complain(error);
      }
      await pause(heartbeatSeconds * 1000, signal);
    }
  }

  private report(client: ApiClient, id: string): Promise<unknown> {
    const { state, load } = this.rooms;
    return client.request('PUT', `/v1/nodes/${id}/heartbeat`, { state, load });
  }

  /** A service that the API does not know any more is looked up, or made, again. */
  private async signed<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.api.forget();
      throw error;
    }
  }

  /** Once for each time of trouble, not once a beat. */
  private complain(error: unknown): void {
    if (this.troubled) return;
    this.troubled = true;
    this.options.logger.warn(`The node can not reach the API, and tries on: ${messageOf(error)}`);
  }
}

function isRegistered(answer: unknown): answer is Registered {
  return (
    isRecord(answer) && typeof answer.id === 'string' && typeof answer.heartbeatSeconds === 'number'
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
