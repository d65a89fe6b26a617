import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import 'reflect-metadata';
import { Environment, SECRETS } from '../../src/config/environment.js';
import { getMetadataStorage } from 'class-validator';

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Every variable that the Environment class declares. */
const variables = [
  ...new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(Environment, '', false, false)
      .map(({ propertyName }) => propertyName.replace(/[A-Z]/g, (letter) => `_${letter}`)),
  ),
].map((name) => name.toUpperCase());

describe('the settings', () => {
  it('are all found', () => {
    expect(variables).toEqual(expect.arrayContaining(['PORT', 'TOKEN_KEY', ...SECRETS]));
  });

  it.each(variables)('%s is in README.md and in .env.example', (name) => {
    expect(read('README.md')).toMatch(new RegExp(`\`${name}\``));
    expect(read('.env.example')).toMatch(new RegExp(`^#?${name}=`, 'm'));
  });

  it('have the defaults that .env.example shows', () => {
    const shown = read('.env.example').matchAll(/^([A-Z_]+)=(.+)$/gm);
    const defaults = new Environment() as unknown as Record<string, unknown>;
    for (const [, name = '', value] of shown) {
      const field = name
        .toLowerCase()
        .replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
      expect({ [name]: String(defaults[field]) }).toEqual({ [name]: value });
    }
  });
});
