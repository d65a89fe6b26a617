import { describe, expect, it } from '@jest/globals';
import { validate } from 'class-validator';
import { IsRoles } from './is-roles.decorator.js';

class Tenant {
  @IsRoles()
  roles: unknown;
}

async function takes(name: string): Promise<boolean> {
  const roles = { [name]: { [name]: true } };
  return (await validate(Object.assign(new Tenant(), { roles }))).length === 0;
}

describe('IsRoles', () => {
  it.each(['x', 'é', '🎥'])('takes names of 1 to 64 characters: of %s', async (character) => {
    expect(await takes(character)).toBe(true);
    expect(await takes(character.repeat(64))).toBe(true);
    expect(await takes(character.repeat(65))).toBe(false);
    expect(await takes('')).toBe(false);
  });
});
