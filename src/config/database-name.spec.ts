import { expect, it } from '@jest/globals';
import { databaseNameOf } from './database-name.js';

it.each([
  ['mongodb://host', 'nuvem'],
  ['mongodb://host/', 'nuvem'],
  ['mongodb://host?replicaSet=x', 'nuvem'],
  ['mongodb://host/?replicaSet=x&authSource=a', 'nuvem'],
  ['mongodb+srv://user:p%2Fw@host/?tls=true', 'nuvem'],
  ['mongodb://user:pw@host:1,other:2/rooms?replicaSet=x', 'rooms'],
  ['mongodb://%2Ftmp%2Fa.sock/my%20rooms', 'my rooms'],
])('%s names the database %s', (uri, name) => {
  expect(databaseNameOf(uri)).toBe(name);
});
