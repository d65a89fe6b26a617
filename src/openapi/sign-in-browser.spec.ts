import { describe, expect, it } from '@jest/globals';
import { parseMAuth } from '@nuvem/client';
import { verifyMAuth } from '@nuvem/client/node';
import { signInBrowser } from './page/sign-in-browser.js';

const ID = '65f0c0ffee65f0c0ffee65f0';
const KEY = 'a key: with a colon';

describe('signInBrowser', () => {
  it("puts a signature in the place of the form's id and key", async () => {
    const request = {
      url: '/rooms',
      headers: { accept: '*/*', authorization: `Basic ${btoa(`${ID}:${KEY}`)}` },
    };
    const signed = await signInBrowser(request);
    const fields = parseMAuth(signed.headers['authorization']);
    expect(fields).toMatchObject({ serviceId: ID, method: 'HMAC_SHA256' });
    expect(fields && verifyMAuth(fields, KEY)).toBe(true);
    expect(JSON.stringify(signed)).not.toContain(btoa(KEY).slice(0, 8));
  });

  it('signs no two requests alike', async () => {
    const headers = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const authorization = `Basic ${btoa(`${ID}:${KEY}`)}`;
        return (await signInBrowser({ url: '/', headers: { Authorization: authorization } }))
          .headers;
      }),
    );
    expect(new Set(headers.map(({ Authorization }) => Authorization)).size).toBe(100);
  });

  it('leaves alone what is not signed in', async () => {
    const request = { url: '/health/live', headers: { accept: '*/*' } };
    await expect(signInBrowser(request)).resolves.toEqual(request);
  });
});
