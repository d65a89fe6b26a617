import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeToken, encodeToken, isSignedWith } from './token-string.js';

const ID = '65f0c0ffee65f0c0ffee65f2';
const HOST = 'media-1.example.com:8080';
/** Worked out with OpenSSL over `id,host` and the key `key`. */
const SIGNATURE = 'NzlmNmM5ZWJmNzUzZjIxYmZmODMzN2JmZjk0NmM3MTAxZjQzMDVkNw==';

describe('a token string', () => {
  it("is Licode's, byte for byte", () => {
    const json = `{"tokenId":"${ID}","host":"${HOST}","secure":true,"signature":"${SIGNATURE}"}`;
    expect(encodeToken(ID, HOST, true, 'key')).toBe(Buffer.from(json).toString('base64'));
  });

  it('is read back, and its signature known', () => {
    const claims = decodeToken(encodeToken(ID, HOST, false, 'key'));
    expect(claims).toEqual({ tokenId: ID, host: HOST, secure: false, signature: SIGNATURE });
    expect(claims && isSignedWith(claims, 'key')).toBe(true);
    expect(claims && isSignedWith(claims, 'another')).toBe(false);
  });

  it.each([
    ['id', { tokenId: '65f0c0ffee65f0c0ffee65f3' }],
    ['host', { host: 'evil.example.com:8080' }],
    ['signature', { signature: '' }],
  ])('with another %s is not signed', (_, change) => {
    const claims = { tokenId: ID, host: HOST, secure: true, signature: SIGNATURE, ...change };
    expect(isSignedWith(claims, 'key')).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['no base64', '%%%'],
    ['no JSON', encode('{')],
    ['null', encode('null')],
    ['a text', encode('"x"')],
    ['a list', encode('[]')],
    ['an id that is no text', encode('{"tokenId":1,"host":"h","signature":"s"}')],
    ['a host that is no text', encode('{"tokenId":"i","host":{},"signature":"s"}')],
    ['no signature', encode('{"tokenId":"i","host":"h"}')],
    ['longer than any token', encode(JSON.stringify({ tokenId: 'x'.repeat(5000) }))],
  ])('is not %s', (_, text) => {
    expect(decodeToken(text)).toBeNull();
  });

  it('may be any text without an exception', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json().map(encode)), (text) => {
        expect(() => decodeToken(text)).not.toThrow();
      }),
    );
  });
});

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
