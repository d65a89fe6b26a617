import {
  LIFETIME_SETTINGS,
  statusOf,
  type CloseReason,
  type LifetimeInput,
  type Living,
  type RoomStatus,
} from './room-life.js';

type Shown<T> = { [F in keyof T]?: NonNullable<T[F]> };

/** Of a room's life what its tenant sees. */
interface ShownLife extends Shown<LifetimeInput> {
  status: RoomStatus;
  closedAt?: string;
  closeReason?: CloseReason;
}

export function shownLife(room: Living): ShownLife {
  const { life } = room;
  const status = statusOf(room);
  if (!life) return { status };
  const settings = LIFETIME_SETTINGS.flatMap((setting) => {
    const value = life[setting];
    if (value === undefined) return [];
    return [[setting, value instanceof Date ? value.toISOString() : value] as const];
  });
  return {
    status,
    ...(Object.fromEntries(settings) as Shown<LifetimeInput>),
    ...(life.closedAt && { closedAt: life.closedAt.toISOString() }),
    ...(life.closeReason && { closeReason: life.closeReason }),
  };
}
