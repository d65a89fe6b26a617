import { ApiException } from '../../common/errors/api.exception.js';
import { MAX_LIFETIME_SECONDS } from '../../services/room-defaults.js';
import { firstLook, warningAfter } from './life-plan.js';
import { endOf } from './open-hours.js';
import {
  hasSettings,
  LIFETIME_SETTINGS,
  settingsIn,
  without,
  type CloseReason,
  type LifetimeInput,
  type RoomLife,
} from './room-life.js';

const MIN_SPAN_MS = 1_000;

/** So long whoever closes a room has to end its call before somebody else does. */
const CALL_END_MS = 5_000;

/**
 * The life of a new room.
 *
 * @returns undefined for one without settings
 * @throws INVALID_REQUEST for times that do not go together
 */
export function newLife(input: LifetimeInput, now: number): RoomLife | undefined {
  const settings = merged({}, input, now);
  return begin(settings, { revision: 1, now });
}

/**
 * The life of a room that was given other settings.
 *
 * @param life what it was before; undefined for none
 * @throws INVALID_REQUEST for times that do not go together
 */
export function withSettings(
  life: RoomLife | undefined,
  input: LifetimeInput,
  now: number,
): RoomLife | undefined {
  const settings = merged(life ?? {}, input, now);
  if (!life) {
    const begun = begin(settings, { revision: 1, now });
    // Somebody may be in it already, whom nobody noted.
    return begun?.openedAt ? { ...begun, lookAt: new Date(now) } : begun;
  }
  const next: RoomLife = { ...life, ...settings, revision: life.revision + 1 };
  for (const setting of LIFETIME_SETTINGS) {
    if (settings[setting] === undefined) delete next[setting];
  }
  if (life.closedAt) return next;
  if (!hasSettings(next)) return undefined;
  if (next.notBefore && next.notBefore.getTime() > now) delete next.openedAt;
  const end = endOf({ life: next })?.getTime();
  if (next.closing && (end === undefined || end > now)) delete next.closing;
  return planned(next, now, { isEndAsBefore: end === endOf({ life })?.getTime() });
}

/** Somebody is let in, or was seen there. */
export function occupied(life: RoomLife, now: number): RoomLife {
  const next: RoomLife = {
    ...without(life, 'emptyAt', 'emptyForMs'),
    firstJoinAt: life.firstJoinAt ?? new Date(now),
    occupied: true,
    revision: life.revision + 1,
  };
  return planned(next, now, { isEndAsBefore: life.firstJoinAt !== undefined });
}

/** Its time has come. Of its end only warnings that still lie ahead are given. */
export function opened(life: RoomLife, now: number): RoomLife {
  const next: RoomLife = { ...life, openedAt: new Date(now), revision: life.revision + 1 };
  return planned(next, now, { isEndAsBefore: false });
}

/** A room whose end was told of. */
export function warned(life: RoomLife, now: number): RoomLife {
  const rest = without(life, 'warnAt');
  const next = warningAfter(now, life);
  return { ...rest, ...(next && { warnAt: next }), revision: life.revision + 1 };
}

/** Nobody else is let in; those who are in it may stay. */
export function closing(life: RoomLife, reason: CloseReason, now: number): RoomLife {
  const rest = without(life, 'emptyAt', 'emptyForMs');
  return planned({ ...rest, closing: reason, revision: life.revision + 1 }, now, {
    isEndAsBefore: false,
  });
}

/** @param hasNode whether there may be a call, which is to be ended */
export function closed(
  life: RoomLife | undefined,
  reason: CloseReason,
  { now, hasNode }: { now: number; hasNode: boolean },
): RoomLife {
  return {
    ...(life && settingsIn(life)),
    revision: (life?.revision ?? 0) + 1,
    closedAt: new Date(now),
    closeReason: reason,
    ...(hasNode && { callEndAt: new Date(now + CALL_END_MS) }),
  };
}

/**
 * A closed room begins anew.
 *
 * @returns undefined for one without settings
 * @throws ROOM_END_PASSED where it would be over at once
 */
export function reopened(life: RoomLife, input: LifetimeInput, now: number): RoomLife | undefined {
  const settings = merged(settingsIn(life), input, now);
  if (settings.endsAt && settings.endsAt.getTime() <= now) {
    throw new ApiException('ROOM_END_PASSED');
  }
  return begin(settings, { revision: life.revision + 1, now });
}

type Settings = ReturnType<typeof settingsIn>;

function begin(
  settings: Settings,
  { revision, now }: { revision: number; now: number },
): RoomLife | undefined {
  const life: RoomLife = { ...settings, revision };
  if (!hasSettings(life)) return undefined;
  if (!life.notBefore || life.notBefore.getTime() <= now) life.openedAt = new Date(now);
  return planned(life, now, { isEndAsBefore: false });
}

/** Works out anew when it is warned and looked at. */
function planned(
  life: RoomLife,
  now: number,
  { isEndAsBefore }: { isEndAsBefore: boolean },
): RoomLife {
  const rest = without(life, 'warnAt', 'lookAt');
  const warning = isEndAsBefore ? life.warnAt : warningAfter(now, life);
  const look = firstLook(now, life);
  return {
    ...rest,
    ...(warning && !life.closing && { warnAt: warning }),
    ...(look && { lookAt: look }),
  };
}

function merged(before: Settings, input: LifetimeInput, now: number): Settings {
  const values: Record<string, unknown> = {};
  for (const setting of LIFETIME_SETTINGS) {
    const given = input[setting];
    const value = given === undefined ? before[setting] : storable(setting, given);
    if (value !== undefined && value !== null) values[setting] = value;
  }
  const settings = values as Settings;
  checkTimes(settings, before, now);
  return settings;
}

function storable(setting: string, value: string | number | null): unknown {
  const isTime = setting === 'notBefore' || setting === 'endsAt';
  return isTime && value !== null ? new Date(value) : value;
}

/** What is as it was may lie behind: whoever sends all settings again says nothing new. */
function checkTimes({ notBefore, endsAt }: Settings, before: Settings, now: number): void {
  const latest = now + MAX_LIFETIME_SECONDS * 1000;
  const isNew = (time: Date | undefined, old: Date | undefined): time is Date =>
    time !== undefined && time.getTime() !== old?.getTime();
  if (isNew(notBefore, before.notBefore) && notBefore.getTime() > latest) {
    throw ApiException.ofFields(['notBefore'], 'notBefore must lie within a year');
  }
  if (isNew(endsAt, before.endsAt)) {
    if (endsAt.getTime() < now + MIN_SPAN_MS) {
      throw ApiException.ofFields(['endsAt'], 'endsAt must lie ahead: close ends a room at once');
    }
    if (endsAt.getTime() > latest) {
      throw ApiException.ofFields(['endsAt'], 'endsAt must lie within a year');
    }
  }
  if (notBefore && endsAt && endsAt.getTime() < notBefore.getTime() + MIN_SPAN_MS) {
    throw ApiException.ofFields(['notBefore', 'endsAt'], 'endsAt must be after notBefore');
  }
}
