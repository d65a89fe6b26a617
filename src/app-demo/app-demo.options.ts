import { HttpServers, isEveryAddress } from '@nuvem/http-server';
import { pino, type Logger } from 'pino';

/** What the demo is told when it starts. Ports may be 0: the system picks one. */
export interface AppDemoConfig {
  /** Where the API answers, e.g. `http://127.0.0.1:3000`. */
  apiUrl: string;
  superserviceId: string;
  superserviceKey: string;
  /** Address that both servers listen on. */
  host: string;
  port: number;
  controllerPort: number;
  /** The API as a browser reaches it; unset, it is at the host of the page, with the port of `apiUrl`. */
  publicApiUrl?: string;
  /** The page as a browser reaches it, when that is not by `host` and `port`. */
  publicUrl?: string;
  /** Host name and port under which browsers reach the node, when a proxy stands before it. */
  publicHostname?: string;
  publicControllerPort?: number;
  publicSecure?: boolean;
  /** STUN and TURN servers handed to the browsers; none are needed on one network. */
  iceServers?: { url: string; username?: string; credential?: string }[];
  /** Rooms from which the node reports state 1 (warning) and state 0 (full). */
  warningRooms?: number;
  limitRooms?: number;
  reconnectionWindowMs?: number;
  apiTimeoutMs?: number;
  /** How long the API waits for a node before it refuses a token; 10 by default, as there. */
  controllerWaitSeconds?: number;
  joinTimeoutMs?: number;
  /** Where the demo logs; nowhere by default. */
  logger?: Logger;
  /** What its two servers are to be among, so that their connections can be ended from outside. */
  servers?: HttpServers;
}

/** The same with every default filled in; injected by its class. */
export class AppDemoOptions {
  readonly apiUrl: string;
  readonly publicApiUrl?: string;
  readonly publicUrl?: string;
  readonly superserviceId: string;
  readonly superserviceKey: string;
  readonly host: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly publicHostname: string;
  readonly publicControllerPort?: number;
  readonly publicSecure: boolean;
  readonly iceServers: { url: string; username?: string; credential?: string }[];
  readonly warningRooms: number;
  readonly limitRooms: number;
  /** How long a client that lost its socket keeps its place. */
  readonly reconnectionWindowMs: number;
  readonly apiTimeoutMs: number;
  /** For a token: the API may have to wait for a node first, and must have the time to say so. */
  readonly tokenTimeoutMs: number;
  /** How long one who joins waits for a turn when many join at once. */
  readonly joinTimeoutMs: number;
  readonly logger: Logger;
  readonly servers: HttpServers;

  constructor(config: AppDemoConfig) {
    this.apiUrl = config.apiUrl.replace(/\/+$/, '');
    this.publicApiUrl = config.publicApiUrl?.replace(/\/+$/, '');
    this.publicUrl = config.publicUrl;
    this.superserviceId = config.superserviceId;
    this.superserviceKey = config.superserviceKey;
    this.host = config.host;
    this.port = config.port;
    this.controllerPort = config.controllerPort;
    this.publicHostname = config.publicHostname ?? this.localHostname;
    this.publicControllerPort = config.publicControllerPort;
    this.publicSecure = config.publicSecure ?? false;
    this.iceServers = config.iceServers ?? [];
    this.warningRooms = config.warningRooms ?? 15;
    this.limitRooms = config.limitRooms ?? 20;
    this.reconnectionWindowMs = config.reconnectionWindowMs ?? 30_000;
    this.apiTimeoutMs = config.apiTimeoutMs ?? 4000;
    this.tokenTimeoutMs = (config.controllerWaitSeconds ?? 10) * 1000 + this.apiTimeoutMs;
    this.joinTimeoutMs = config.joinTimeoutMs ?? 10_000;
    this.logger = config.logger ?? pino({ level: 'silent' });
    this.servers = config.servers ?? new HttpServers();
  }

  /**
   * What a browser on this machine calls it: `localhost` gets the camera without TLS, an address may not. Where
   * `localhost` is IPv4 alone it does not lead to `::1`.
   */
  get localHostname(): string {
    return isLocal(this.host) ? 'localhost' : this.host;
  }
}

function isLocal(host: string): boolean {
  return ['127.0.0.1', 'localhost'].includes(host) || isEveryAddress(host);
}
