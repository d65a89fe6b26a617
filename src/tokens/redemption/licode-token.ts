import type { Token } from '../schemas/token.schema.js';

/** A redeemed token as Licode's nodes get it over RabbitMQ: by Nuve's names, with no other field. */
export interface LicodeToken {
  _id: string;
  userName: string;
  /** The room's id. */
  room: string;
  role: string;
  /** The tenant's id. */
  service: string;
  creationDate: string;
  mediaConfiguration: string;
  host: string;
  secure: boolean;
  p2p?: true;
  /** How often a test room's token was used. */
  use?: number;
}

export function toLicodeToken(token: Token): LicodeToken {
  const { _id, userName, room, role, service, creationDate } = token;
  const { mediaConfiguration, host, secure, p2p, use } = token;
  return {
    _id: _id.toHexString(),
    userName,
    room: room.toHexString(),
    role,
    service: service.toHexString(),
    creationDate: creationDate.toISOString(),
    mediaConfiguration,
    host,
    secure,
    ...(p2p && { p2p }),
    ...(use !== undefined && { use }),
  };
}
