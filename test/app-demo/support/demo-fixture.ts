import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { startAppDemo, type AppDemo } from '../../../src/app-demo/app-demo.js';
import type { AppDemoConfig } from '../../../src/app-demo/app-demo.options.js';
import { CallClient, type Connected } from './call-client.js';
import { FakeApi, newId } from './fake-api.js';

// A busy machine is slow; nothing here waits for time to pass.
jest.setTimeout(120_000);
// Without the API in this process nobody has said where Nest logs.
Logger.overrideLogger(false);

/** A demo against a fake API, and the clients that a test opened. */
export class DemoFixture {
  private readonly clients: CallClient[] = [];

  private constructor(
    readonly api: FakeApi,
    readonly demo: AppDemo,
  ) {}

  static async start(
    config: Partial<AppDemoConfig> = {},
    prepare: (api: FakeApi) => void = () => {},
  ): Promise<DemoFixture> {
    const api = new FakeApi();
    prepare(api);
    const apiUrl = await api.listen();
    const demo = await startAppDemo({
      apiUrl,
      superserviceId: api.superservice._id,
      superserviceKey: api.superservice.key,
      host: '127.0.0.1',
      port: 0,
      controllerPort: 0,
      ...config,
    });
    return new DemoFixture(api, demo);
  }

  /** Started, and its node registered. */
  static async ready(config: Partial<AppDemoConfig> = {}): Promise<DemoFixture> {
    const fixture = await DemoFixture.start(config);
    await fixture.api.until(() => fixture.api.nodes.size > 0);
    return fixture;
  }

  open(token: string | Record<string, unknown>): CallClient {
    const client = CallClient.open(this.demo.controllerUrl, token);
    this.clients.push(client);
    return client;
  }

  async join(
    room: string,
    userName = 'ann',
    role = 'presenter',
  ): Promise<{ client: CallClient; hello: Connected }> {
    const client = this.open(this.api.issue({ room, userName, role }));
    return { client, hello: await client.connected() };
  }

  /** Two presenters in a room of their own. */
  async pair() {
    const room = newId();
    const ann = await this.join(room, 'ann');
    const ben = await this.join(room, 'ben');
    return { room, ann, ben };
  }

  /**
   * A presenter with a stream, a subscriber of it, and the names under which the two know each
   * other.
   */
  async peers() {
    const pair = await this.pair();
    const streamId = await pair.ann.client.publish();
    await pair.ben.client.ask('subscribe', { options: { streamId } });
    const { peerSocket: peerOfBen } = await pair.ann.client.next('publish_me');
    const offer = { type: 'offer', sdp: 'v=0' };
    pair.ann.client.tell('streamMessageP2P', {
      options: { streamId, peerSocket: peerOfBen, msg: offer },
    });
    const { peerSocket: peerOfAnn } = await pair.ben.client.next('stream_message_p2p');
    return { ...pair, streamId, peerOfAnn: String(peerOfAnn), peerOfBen: String(peerOfBen) };
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.close();
    await this.demo.close();
    await this.api.close();
  }
}
