import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseMAuth } from '../src/signing/mauth.js';
import { hexHmac, safeEqual, signMAuthSync, verifyMAuth } from '../src/node.js';
import { signMAuth } from '../src/signing/sign.js';

const KEY = 'tenantKey';
const SIGNED = {
  serviceId: '65f0c0ffee65f0c0ffee65f0',
  key: KEY,
  timestamp: 1_700_000_000_000,
  cnonce: 42,
};

/** Worked out with OpenSSL: printf '1700000000000,42' | openssl dgst -sha1 -hmac tenantKey -r | … | base64 -w0 */
const SHA1_SIGNATURE = 'Zjg3ZDVkNTI1ZTE1Yjg4ODY0YzY2OTMwN2MyNDM5YWQ1NjFhMzEyZA==';

describe('signMAuthSync', () => {
  it("writes the header byte for byte as Licode's clients do", () => {
    expect(signMAuthSync(SIGNED)).toBe(
      'MAuth realm=http://marte3.dit.upm.es,mauth_signature_method=HMAC_SHA1' +
        ',mauth_serviceid=65f0c0ffee65f0c0ffee65f0,mauth_cnonce=42' +
        `,mauth_timestamp=1700000000000,mauth_signature=${SHA1_SIGNATURE}`,
    );
  });

  it('puts user and role before the service, and signs them', () => {
    const header = signMAuthSync({ ...SIGNED, username: 'ann', role: 'presenter' });
    expect(header).toContain(
      'HMAC_SHA1,mauth_username=ann,mauth_role=presenter,mauth_serviceid=65f0',
    );
    const other = header.replace('presenter', 'viewer');
    expect(verifyMAuth(parsed(header), KEY)).toBe(true);
    expect(verifyMAuth(parsed(other), KEY)).toBe(false);
  });

  it('makes no two headers alike', () => {
    const { cnonce: _, ...rest } = SIGNED;
    expect(new Set(Array.from({ length: 1000 }, () => signMAuthSync(rest))).size).toBe(1000);
  });
});

describe('parseMAuth', () => {
  it('reads every field, and only the first = of each separates', () => {
    expect(parseMAuth(signMAuthSync({ ...SIGNED, username: 'a=b', role: '=' }))).toEqual({
      serviceId: SIGNED.serviceId,
      cnonce: '42',
      timestamp: '1700000000000',
      method: 'HMAC_SHA1',
      signature: expect.stringMatching(/^[A-Za-z0-9+/]{54}==$/),
      user: { username: 'a=b', role: '=' },
    });
  });

  it('keeps empty user and role, and takes one without the other for neither', () => {
    const header = signMAuthSync({ ...SIGNED, username: '', role: '' });
    expect(parsed(header).user).toEqual({ username: '', role: '' });
    expect(parsed(header.replace(',mauth_role=', '')).user).toBeUndefined();
    expect(parsed(header.replace(',mauth_username=', '')).user).toBeUndefined();
  });

  it('takes fields in any order and with spaces after the commas', () => {
    const [scheme, fields] = signMAuthSync({ ...SIGNED, username: 'ann ', role: 'x' }).split(
      / (.*)/,
    );
    const shuffled = `${scheme} ${fields?.split(',').reverse().join(', ')}`;
    expect(parsed(shuffled).user).toEqual({ username: 'ann ', role: 'x' });
    expect(verifyMAuth(parsed(shuffled), KEY)).toBe(true);
  });

  it.each([
    ['no header', undefined],
    ['an empty one', ''],
    ['the scheme alone', 'MAuth'],
    ['the scheme and a space', 'MAuth '],
    ['another scheme', signMAuthSync(SIGNED).replace('MAuth', 'Basic')],
    ['the scheme in another case', signMAuthSync(SIGNED).replace('MAuth', 'mauth')],
    ['a field without =', `${signMAuthSync(SIGNED)},x`],
    ['a field without a name', `${signMAuthSync(SIGNED)},=x`],
    ['a comma in a value', signMAuthSync({ ...SIGNED, username: 'a,b', role: 'x' })],
    ['a field given twice', `${signMAuthSync(SIGNED)},mauth_cnonce=42`],
    ['a method that is not supported', signMAuthSync(SIGNED).replace('HMAC_SHA1', 'HMAC_MD5')],
    ['a name of every object', signMAuthSync(SIGNED).replace('HMAC_SHA1', 'constructor')],
    ['no service', signMAuthSync(SIGNED).replace(/mauth_serviceid=\w+,/, '')],
    ['an empty service', signMAuthSync(SIGNED).replace(/mauth_serviceid=\w+/, 'mauth_serviceid=')],
    ['no timestamp', signMAuthSync(SIGNED).replace(/mauth_timestamp=\d+,/, '')],
    ['no nonce', signMAuthSync(SIGNED).replace(/mauth_cnonce=\d+,/, '')],
    ['no signature', signMAuthSync(SIGNED).replace(/,mauth_signature=.*/, '')],
  ])('refuses %s', (_, header) => {
    expect(parseMAuth(header)).toBeNull();
  });

  it('never throws, whatever a header holds', () => {
    const field = fc.oneof(
      fc.string(),
      fc.constantFrom('mauth_serviceid', 'mauth_cnonce', '__proto__', '=', ',', 'MAuth'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(field, field)), (pairs) => {
        const text = pairs.map(([name, value]) => `${name}=${value}`).join(',');
        expect(() => parseMAuth(`MAuth ${text}`)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  it('reads back whatever was signed that a header can carry', () => {
    const value = fc.string({ unit: 'grapheme-ascii' }).filter((text) => !text.includes(','));
    fc.assert(
      fc.property(
        value,
        value,
        fc.constantFrom('HMAC_SHA1', 'HMAC_SHA256'),
        (user, role, method) => {
          const header = signMAuthSync({
            ...SIGNED,
            username: user,
            role,
            method: method as 'HMAC_SHA1',
          });
          const fields = parsed(header);
          expect(fields.user).toEqual({ username: user, role });
          expect(verifyMAuth(fields, KEY)).toBe(true);
          expect(verifyMAuth(fields, `${KEY}x`)).toBe(false);
        },
      ),
    );
  });
});

describe('signMAuth', () => {
  it.each(['HMAC_SHA1', 'HMAC_SHA256'] as const)(
    'signs %s by WebCrypto as Node does',
    async (method) => {
      for (const user of [{}, { username: 'zoë', role: 'presenter' }]) {
        const request = { ...SIGNED, ...user, method };
        expect(await signMAuth(request)).toBe(signMAuthSync(request));
      }
    },
  );

  it('makes no two headers alike', async () => {
    const { cnonce: _, ...rest } = SIGNED;
    expect(await signMAuth(rest)).not.toBe(await signMAuth(rest));
  });
});

describe('hexHmac', () => {
  it.each([
    ['sha1' as const, 56],
    ['sha256' as const, 88],
  ])('is base64 of the hex text of HMAC-%s', (hash, length) => {
    const value = hexHmac(hash, KEY, 'text');
    expect(value).toHaveLength(length);
    expect(Buffer.from(value, 'base64').toString()).toMatch(/^[0-9a-f]+$/);
  });
});

describe('safeEqual', () => {
  it('compares texts of equal and of different lengths', () => {
    expect(safeEqual('abc', 'abc')).toBe(true);
    expect(safeEqual('abc', 'abd')).toBe(false);
    expect(safeEqual('abc', 'abcd')).toBe(false);
    expect(safeEqual('abc', '')).toBe(false);
    // Equal as numbers of characters, not of bytes.
    expect(safeEqual('aé', 'ab')).toBe(false);
  });
});

function parsed(header: string): NonNullable<ReturnType<typeof parseMAuth>> {
  const fields = parseMAuth(header);
  if (!fields) throw new Error(`Not read: ${header}`);
  return fields;
}
