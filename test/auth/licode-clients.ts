import { createHmac, randomInt } from 'node:crypto';
import type { Credentials } from '../support/api-client.js';

/** How one of Licode's clients makes the header of a request. */
interface LicodeSigner {
  client: string;
  sign: (credentials: Credentials, username?: string, role?: string) => string;
  /** What it sends with a request that has no body. */
  headers: Record<string, string>;
}

const BASE = 'MAuth realm=http://marte3.dit.upm.es,mauth_signature_method=HMAC_SHA1';

/** nuve.js: lower-cases the name and takes accents off; user and role only when both say something. */
const javascript: LicodeSigner = {
  client: 'JavaScript',
  headers: {},
  sign({ serviceId, key }, username, role) {
    const timestamp = Date.now();
    const cnonce = Math.floor(Math.random() * 99_999);
    let header = BASE;
    let toSign = `${timestamp},${cnonce}`;
    if (username && role) {
      const name = username
        .toLowerCase()
        .replace(/[àáâãäå]/g, 'a')
        .replace(/[èéêë]/g, 'e')
        .replace(/ñ/g, 'n');
      header += `,mauth_username=${name},mauth_role=${role}`;
      toSign += `,${name},${role}`;
    }
    const hex = createHmac('sha1', key).update(toSign).digest('hex');
    header += `,mauth_serviceid=${serviceId},mauth_cnonce=${cnonce},mauth_timestamp=${timestamp}`;
    return `${header},mauth_signature=${Buffer.from(hex).toString('base64')}`;
  },
};

/** nuve.py: the name as it is; a JSON content type also without a body. */
const python: LicodeSigner = {
  client: 'Python',
  headers: { 'content-type': 'application/json' },
  sign({ serviceId, key }, username = '', role = '') {
    const timestamp = Math.trunc(Date.now());
    const cnonce = Math.trunc(Math.random() * 99_999);
    let header = BASE;
    let toSign = `${timestamp},${cnonce}`;
    if (username !== '' && role !== '') {
      header += `,mauth_username=${username},mauth_role=${role}`;
      toSign += `,${username},${role}`;
    }
    const hex = createHmac('sha1', key).update(toSign).digest('hex');
    header += `,mauth_serviceid=${serviceId},mauth_cnonce=${cnonce},mauth_timestamp=${timestamp}`;
    // binascii.b2a_base64 ends with a line feed, which the client cuts off.
    return `${header},mauth_signature=${`${Buffer.from(hex).toString('base64')}\n`.slice(0, -1)}`;
  },
};

/** nuve.rb: Base64.encode64 ends with a line feed, which Net::HTTP takes off the whole header. */
const ruby: LicodeSigner = {
  client: 'Ruby',
  headers: {},
  sign({ serviceId, key }, username = '', role = '') {
    const timestamp = Math.trunc(Date.now());
    const cnonce = randomInt(99_999);
    let header = BASE;
    let toSign = `${timestamp},${cnonce}`;
    if (username !== '' && role !== '') {
      header += `,mauth_username=${username},mauth_role=${role}`;
      toSign += `,${username},${role}`;
    }
    const hex = createHmac('sha1', key).update(toSign).digest('hex');
    header += `,mauth_serviceid=${serviceId},mauth_cnonce=${cnonce},mauth_timestamp=${timestamp}`;
    return `${header},mauth_signature=${Buffer.from(hex).toString('base64')}\n`.trim();
  },
};

export const LICODE_CLIENTS = [javascript, python, ruby];
