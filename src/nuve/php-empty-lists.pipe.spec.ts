import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { IsArray, IsObject, IsOptional, IsString } from 'class-validator';
import { PhpEmptyListsPipe } from './php-empty-lists.pipe.js';

class OptionsDto {
  @IsOptional()
  @IsObject()
  data?: Record<string, unknown> | null;
}

class BodyDto {
  @IsString()
  name!: string;

  @IsOptional()
  @IsObject()
  options?: OptionsDto;

  @IsOptional()
  @IsArray()
  list?: unknown[];
}

const read = (value: unknown): unknown =>
  new PhpEmptyListsPipe().transform(value, { type: 'body', metatype: BodyDto });

describe("PHP's empty list", () => {
  it.each([
    ['a body', [], {}],
    ['a DTO', { name: 'x', options: [] }, { name: 'x', options: {} }],
    ['any object', { options: { data: [], other: 1 } }, { options: { data: {}, other: 1 } }],
  ])('is an object where %s is to be one', (_, given, meant) => {
    expect(read(given)).toEqual(meant);
  });

  it.each([
    ['where a list is to be', { list: [] }],
    ['where a text is to be', { name: [] }],
    ['in what a tenant keeps', { options: { data: { list: [] } } }],
    ['in a field that no DTO names', { other: [] }],
    ['in a list of DTOs', { options: [[]] }],
  ])('stays a list %s', (_, given) => {
    expect(read(given)).toBe(given);
  });

  it('stays one outside of bodies', () => {
    const list: unknown[] = [];
    const metadata = { type: 'custom', metatype: BodyDto } as const;
    expect(new PhpEmptyListsPipe().transform(list, metadata)).toBe(list);
  });
});
