import { Injectable } from '@nestjs/common';
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Environment } from '../config/environment.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Keeps the keys of services, and answers that hold keys or tokens, unreadable in the database and in its backups:
 * AES-256-GCM under ENCRYPTION_KEY (else the superservice's key). A HMAC key cannot be hashed, since it is needed to verify.
 */
@Injectable()
export class KeySealer {
  private readonly key: Buffer;

  constructor({ encryptionKey, superserviceKey }: Environment) {
    const secret = encryptionKey ?? superserviceKey;
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'nuvem service keys', 32));
  }

  /** @returns base64 of nonce, tag and ciphertext */
  seal(plain: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce, { authTagLength: TAG_BYTES });
    const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
  }

  /** @throws when it was sealed under another key, or altered */
  open(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  }
}
