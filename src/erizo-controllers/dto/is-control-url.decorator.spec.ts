import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { IsControlUrl } from './is-control-url.decorator.js';

class Given {
  @IsControlUrl()
  controlUrl: unknown;
}

function isAccepted(controlUrl: unknown): boolean {
  return validateSync(Object.assign(new Given(), { controlUrl })).length === 0;
}

describe('IsControlUrl', () => {
  it.each([
    'http://10.0.0.7:8090',
    'https://node-1.example.com',
    'https://node-1.example.com/control/',
    'http://[::1]:8090',
    'HTTP://localhost',
  ])('takes %s', (url) => {
    expect(isAccepted(url)).toBe(true);
  });

  it.each([
    '',
    'node-1:8090',
    '//node-1',
    'ftp://node-1',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http:node-1',
    'http://user@node-1',
    'http://user:secret@node-1',
    'http://node-1/?room=',
    'http://node-1/#',
    ' http://node-1',
    'http://node-1:99999',
    `http://node-1/${'a'.repeat(2048)}`,
    ['http://node-1'],
    null,
    8090,
  ])('refuses %s', (url) => {
    expect(isAccepted(url)).toBe(false);
  });
});
