import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Environment } from '../config/environment.js';
import { KeySealer } from './key-sealer.js';

function sealer(settings: Partial<Environment>): KeySealer {
  return new KeySealer(Object.assign(new Environment(), settings));
}

const one = sealer({ superserviceKey: 'one' });

describe('a sealed key', () => {
  it('is opened with the secret that sealed it', () => {
    for (const key of ['', 'tenantKey', 'schlüssel ✓', 'x'.repeat(1024)]) {
      expect(one.open(one.seal(key))).toBe(key);
    }
  });

  it('shows nothing of the key, and is another text each time', () => {
    const sealed = Array.from({ length: 100 }, () => one.seal('tenantKey'));
    expect(new Set(sealed).size).toBe(100);
    for (const text of sealed) {
      expect(Buffer.from(text, 'base64').includes('tenantKey')).toBe(false);
    }
  });

  it('is not opened with another secret', () => {
    expect(() => sealer({ superserviceKey: 'two' }).open(one.seal('k'))).toThrow(
      'Unsupported state',
    );
    const separate = sealer({ superserviceKey: 'one', encryptionKey: 'two' });
    expect(() => separate.open(one.seal('k'))).toThrow('Unsupported state');
  });

  it('outlives a change of the superservice key when ENCRYPTION_KEY is set', () => {
    const before = sealer({ superserviceKey: 'one', encryptionKey: 'e' });
    const after = sealer({ superserviceKey: 'two', encryptionKey: 'e' });
    expect(after.open(before.seal('k'))).toBe('k');
  });

  it('is not opened when a bit of it was altered', () => {
    const bytes = Buffer.from(one.seal('tenantKey'), 'base64');
    for (let at = 0; at < bytes.length; at++) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => one.open(altered.toString('base64'))).toThrow('Unsupported state');
    }
    expect(() => one.open('')).toThrow(/Invalid/);
  });
});
