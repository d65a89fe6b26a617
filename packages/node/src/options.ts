import type { ApiClient } from '@nuvem/client';
import type { FastifyBaseLogger, FastifyServerOptions } from 'fastify';

/** The node's own service at the API. */
export interface NodeApi {
  /** A client that signs as the service; asked for before every call. */
  client(): Promise<ApiClient>;
  /** The API no longer knows the service: the next client is to be of one that it knows. */
  forget(): void;
}

export interface P2pNodeOptions {
  api: NodeApi;
  /** What it listens on; port 0 lets the system pick one. */
  host: string;
  port: number;
  /** STUN and TURN servers handed to the browsers; none are needed on one network. */
  iceServers: { url: string; username?: string; credential?: string }[];
  /** Rooms from which the node reports state 1 (warning) and state 0 (full). */
  warningRooms: number;
  limitRooms: number;
  /** How long a client that lost its socket keeps its place. */
  reconnectionWindowMs: number;
  /** How long a call of the API may take. */
  apiTimeoutMs: number;
  /** How long one who joins waits for a turn when many join at once. */
  joinTimeoutMs: number;
  logger: FastifyBaseLogger;
  /** The HTTP server that it is to use, where not Fastify's own. */
  http?: Pick<FastifyServerOptions, 'return503OnClosing'> & {
    serverFactory?: FastifyServerOptions['serverFactory'];
  };
}
