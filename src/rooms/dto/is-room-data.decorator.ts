import { ValidateBy } from 'class-validator';
import { dataFits, isStorable, type RoomData } from '../room-data.js';

function isRoomData(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    isStorable(value) &&
    dataFits(value as RoomData)
  );
}

export const IsRoomData = (): PropertyDecorator =>
  ValidateBy({
    name: 'isRoomData',
    validator: {
      validate: isRoomData,
      defaultMessage: () =>
        'data must be an object of at most 64 kB, nested at most 32 deep, without the keys that MongoDB reads as types: _bsontype, or $ref beside $id',
    },
  });
