import Fastify, { LogController, type FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { Admission } from './admission/admission.js';
import { Farewells } from './admission/farewells.js';
import { TokenRedeemer } from './admission/token-redeemer.js';
import { ControlCheck } from './control/control-check.js';
import { addControlRoutes, sendError } from './control/control-routes.js';
import type { P2pNodeOptions } from './options.js';
import { Registration, type NodeAddress } from './registration.js';
import { Gateway } from './signalling/gateway.js';
import { Rooms } from './signalling/rooms.js';
import { Signalling } from './signalling/signalling.js';

/** Names are up to 256 characters, each up to 12 in a path. */
const MAX_PARAM_LENGTH = 1024;

/** A signalling node for p2p rooms: all that a call needs when the browsers send each other media. */
export class P2pNode {
  private constructor(
    private readonly fastify: FastifyInstance,
    private readonly gateway: Gateway,
    private readonly registration: Registration,
  ) {}

  /**
   * Takes clients and control calls from now on; the API learns of it by `register`.
   *
   * @throws when the port is taken
   */
  static async listen(options: P2pNodeOptions): Promise<P2pNode> {
    const fastify: FastifyInstance = Fastify({
      ...options.http,
      loggerInstance: options.logger,
      frameworkErrors: sendError,
      logController: new LogController({ disableRequestLogging: true }),
      routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
    });
    const rooms = new Rooms(options);
    addControlRoutes(fastify, new ControlCheck(options.api), rooms);
    const admission = new Admission(
      rooms,
      new Signalling(),
      new TokenRedeemer(options.api, options),
      new Farewells(options),
      options,
    );
    const gateway = new Gateway(admission, rooms, options);
    const registration = new Registration(options.api, rooms, options);
    const node = new P2pNode(fastify, gateway, registration);
    gateway.attach(fastify.server);
    try {
      await fastify.listen({ host: options.host, port: options.port });
    } catch (error) {
      await node.close();
      throw error;
    }
    return node;
  }

  get port(): number {
    return (this.fastify.server.address() as AddressInfo).port;
  }

  /** Registers at the API, and keeps it told that the node lives. */
  register(address: NodeAddress): void {
    this.registration.start(address);
  }

  /** Says goodbye first, so that no new room is sent here while the calls end. */
  async close(): Promise<void> {
    await this.registration.end();
    await this.gateway.close();
    await this.fastify.close();
  }
}
