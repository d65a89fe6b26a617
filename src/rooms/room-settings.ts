import type { LifetimeInput } from './lifetime/room-life.js';
import { SETTINGS, type Room } from './schemas/room.schema.js';

type Setting = (typeof SETTINGS)[number];

/** A room's settings as they are stored. */
export type StoredSettings = Pick<Room, Setting>;

/** What is to be set on a room: null clears, as false does what is either on or absent; what is absent stays. */
export type RoomSettings = {
  [F in Setting]?: (true extends Room[F] ? boolean : Room[F]) | null;
};

/** Settings that Nuve knows nothing of: its routes neither take nor show them. */
export const V1_SETTINGS = ['duplicateUser'] as const satisfies readonly Setting[];

/** What Nuve's routes take and show. */
export type NuveSettings = Omit<RoomSettings, (typeof V1_SETTINGS)[number]>;

export interface NewRoom extends RoomSettings, LifetimeInput {
  name: string;
  /** Whether the latest room of that name will do, if there is one. */
  getOrCreate?: boolean;
  /** Whether the service's one test room is meant. */
  test?: boolean;
}

/** A change to a room: a value sets, null clears, what is absent stays. */
export type RoomChange = { name?: string } & { [F in Setting]?: Room[F] | null };

/** For DTOs to say that they have all fields of B and no other: otherwise it does not compile, and the field is named. */
export type SameFields<A, B> = [Difference<A, B>] extends [never]
  ? A
  : { 'one of the two is without': Difference<A, B> };

type Difference<A, B> = Exclude<keyof A, keyof B> | Exclude<keyof B, keyof A>;

export function changeOf(settings: RoomSettings): RoomChange {
  const change: Record<string, unknown> = {};
  for (const setting of SETTINGS) {
    const value = settings[setting];
    if (value !== undefined) change[setting] = value === false ? null : value;
  }
  return change;
}

/** Those that are set of what Nuve's routes show. */
export function nuveSettingsOf(
  room: RoomSettings,
): Omit<StoredSettings, (typeof V1_SETTINGS)[number]> {
  const settings: Record<string, unknown> = settingsOf(room);
  for (const setting of V1_SETTINGS) delete settings[setting];
  return settings;
}

/** Those that are set, in the order of the list. */
export function settingsOf(room: RoomSettings): StoredSettings {
  const settings: Record<string, unknown> = {};
  for (const setting of SETTINGS) {
    const value = room[setting];
    if (value !== undefined && value !== null && value !== false) settings[setting] = value;
  }
  return settings;
}
