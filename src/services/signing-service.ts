import type { Types } from 'mongoose';
import type { Roles } from '../common/participant-roles/roles.js';
import type { ServiceRole } from '../common/service-role.js';
import type { RoomDefaults } from './room-defaults.js';
import type { EventLogMode } from './event-log-mode.js';

/** A service in whose name a request is carried out. */
export interface CallingService {
  _id: Types.ObjectId;
  name: string;
  role: ServiceRole;
  /** Absent: see `ServicesService.rolesOf`. */
  roles?: Roles;
  eventLog: EventLogMode;
  /** How its new rooms live. Absent for until they are deleted. */
  roomDefaults?: RoomDefaults;
  /** Whether it may have banned somebody. */
  hasBans: boolean;
  /** When it was read, in milliseconds since 1970. */
  readAt: number;
}

/** A service as a request's signature is checked with. */
export interface SigningService extends CallingService {
  key: string;
}

/** What is absent of a stored service has its default. */
type Stored = Pick<CallingService, '_id' | 'name' | 'role'> & Partial<CallingService>;

/** @param readAt in milliseconds since 1970 */
export function callerOf(
  { _id, name, role, roles, eventLog = 'off', roomDefaults, hasBans = false }: Stored,
  readAt: number,
): CallingService {
  const optional = { ...(roles && { roles }), ...(roomDefaults && { roomDefaults }) };
  return { _id, name, role, ...optional, eventLog, hasBans, readAt };
}

/** The same without its key: of who has signed. */
export function withoutKey(service: SigningService): CallingService {
  return callerOf(service, service.readAt);
}
