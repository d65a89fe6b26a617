import { describe, expect, it } from '@jest/globals';
import { isAllowed, readPermissions } from '../src/signalling/permissions.js';

describe('the permissions of a token', () => {
  const permissions = readPermissions({
    subscribe: true,
    record: false,
    publish: { audio: true, video: false, data: 'yes' },
    stats: 1,
    controlhandlers: null,
  });

  it('are those that it names', () => {
    expect(isAllowed(permissions, 'subscribe')).toBe(true);
    expect(isAllowed(permissions, 'record')).toBe(false);
    expect(isAllowed(permissions, 'unknown')).toBe(false);
  });

  it('are narrowed by kind of media', () => {
    expect(isAllowed(permissions, 'publish', { audio: true })).toBe(true);
    expect(isAllowed(permissions, 'publish', { audio: true, video: true })).toBe(false);
    expect(isAllowed(permissions, 'publish', { data: true })).toBe(false);
  });

  it('are none where they are not true', () => {
    expect(isAllowed(permissions, 'stats')).toBe(false);
    expect(isAllowed(permissions, 'controlhandlers')).toBe(false);
  });

  it.each([undefined, null, 'publish', ['publish'], 1])('are none in %j', (value) => {
    expect(isAllowed(readPermissions(value), 'publish')).toBe(false);
  });
});
