import { revisionFilter } from '../common/conditional/revision-filter.js';
import type { RoomRecord } from './room-views.js';
import { SETTINGS } from './schemas/room.schema.js';

/** What is read of a room, as MongoDB's projections. */
export const VIEW = {
  name: 1 as const,
  ...Object.fromEntries(SETTINGS.map((setting) => [setting, 1] as const)),
};

export const RECORD = {
  ...VIEW,
  erizoControllerId: 1,
  createdAt: 1,
  updatedAt: 1,
  revision: 1,
  changeIds: 1,
  life: 1,
  test: 1,
} as const;

export const OWNED = { ...RECORD, service: 1 } as const;

/**
 * The driver's own default is a plain object, in which it finds `valueOf` and `constructor` by inheritance: arrays
 * under such keys of a tenant's data would be read as bytes.
 */
export const NO_RAW_FIELDS = Object.create(null) as Record<string, never>;

/** The filter of a change that was worked out from a room: it is made only while the room is as it was read. */
export function unchanged({ revision = 0, life }: Pick<RoomRecord, 'revision' | 'life'>): object {
  return {
    ...revisionFilter([revision]),
    'life.revision': life ? life.revision : { $exists: false },
  };
}
