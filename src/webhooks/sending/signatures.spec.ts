import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { signatureHeader } from './signatures.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

describe('signatureHeader', () => {
  it('is that of the vector of Standard Webhooks', () => {
    const content = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1_614_265_330,
      body: '{"test": 2432232314}',
    };
    expect(signatureHeader([SECRET], content)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it('is what the package makes, of any secret and text', () => {
    for (const length of [0, 1, 63, 64, 1_000, 100_000]) {
      const secret = `whsec_${randomBytes(24 + (length % 41)).toString('base64')}`;
      const body = JSON.stringify({ text: '✓ä'.repeat(length) });
      const timestamp = Math.floor(Date.now() / 1000);
      const expected = new Webhook(secret).sign('evt_1', new Date(timestamp * 1000), body);
      expect(signatureHeader([secret], { id: 'evt_1', timestamp, body })).toBe(expected);
    }
  });

  it('holds one for each secret, and each is taken', () => {
    const other = `whsec_${randomBytes(32).toString('base64')}`;
    const timestamp = Math.floor(Date.now() / 1000);
    const content = { id: 'evt_1', timestamp, body: '{"a":1}' };
    const header = signatureHeader([SECRET, other], content);
    expect(header.split(' ')).toHaveLength(2);
    for (const secret of [SECRET, other]) {
      const headers = {
        'webhook-id': 'evt_1',
        'webhook-timestamp': String(timestamp),
        'webhook-signature': header,
      };
      expect(new Webhook(secret).verify(content.body, headers)).toEqual({ a: 1 });
    }
  });
});
