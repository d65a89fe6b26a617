import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Transform, Type } from 'class-transformer';
import { IsArray, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { ValidBody } from './valid.decorator.js';
import { pipeOf } from '../../../test/support/network/pipe-of.js';

class InnerDto {
  @IsOptional()
  @IsString()
  text?: string;

  @IsOptional()
  @IsObject()
  anything?: Record<string, unknown> | null;
}

class OuterDto {
  @IsString()
  name!: string;

  @Type(() => InnerDto)
  @IsOptional()
  @IsObject()
  @ValidateNested()
  inner?: InnerDto;

  @IsOptional()
  @IsArray()
  list?: unknown[];

  @Transform(({ value }: { value: unknown }) => (value === '7' ? 7 : value))
  @IsOptional()
  number?: unknown;
}

class Controller {
  take(@ValidBody('INVALID_ROOM') _body: OuterDto): void {}
}

const pipe = pipeOf(Controller, 'take');
const read = (body: unknown): Promise<unknown> => pipe(body);

describe('a validated body', () => {
  it('is an instance of its DTO, nested ones too', async () => {
    const dto = (await read({ name: 'x', inner: { text: 'y' }, number: '7' })) as OuterDto;
    expect(dto).toBeInstanceOf(OuterDto);
    expect(dto.inner).toBeInstanceOf(InnerDto);
    expect(dto).toEqual({ name: 'x', inner: { text: 'y' }, number: 7 });
  });

  it('hands on objects that are no DTO untouched', async () => {
    const anything = { a: { constructor: 5, toString: null }, '': [{}], 'a.b': { $k: 1 } };
    const dto = (await read({ name: 'x', inner: { anything } })) as OuterDto;
    expect(dto.inner?.anything).toBe(anything);
  });

  it.each([
    ['a field that no DTO names', { name: 'x', other: { constructor: 5 } }],
    ['a field of a nested DTO', { name: 'x', inner: { other: { constructor: 5 } } }],
    ['an array that is no DTO', { name: 'x', list: [{ constructor: 5 }] }],
    ['the body itself', { name: 'x', constructor: 5 }],
  ])('never calls what stands under the key `constructor` of %s', async (_, body) => {
    await expect(read(body)).resolves.toMatchObject({ name: 'x' });
  });

  it('is not walked into as deep as it goes', async () => {
    let deep: unknown = {};
    for (let depth = 0; depth < 50_000; depth++) deep = [deep];
    await expect(read({ name: 'x', other: deep })).resolves.toEqual({ name: 'x' });
    await expect(read({ name: 'x', inner: { other: deep } })).resolves.toEqual({
      name: 'x',
      inner: {},
    });
    await expect(read({ name: 'x', list: [deep] })).resolves.toEqual({ name: 'x', list: [deep] });
  });

  it.each([
    ['no object', 'text'],
    ['a list', [{ name: 'x' }]],
    ['nothing', undefined],
    ['null', null],
    ['a nested DTO that is a list', { name: 'x', inner: [{ text: 'y' }] }],
    [
      'a nested DTO that is a list of hostile objects',
      { name: 'x', inner: [{ constructor: null }] },
    ],
    ['a nested DTO that is a number', { name: 'x', inner: 5 }],
    ['an object for a text', { name: { toString: 'x' } }],
  ])('that is %s is refused with the code of its route', async (_, body) => {
    await expect(read(body)).rejects.toMatchObject({ code: 'INVALID_ROOM' });
  });

  it('says of every wrong field which it is', async () => {
    await expect(read({ name: 5, inner: { text: 5 } })).rejects.toMatchObject({
      errors: [
        { field: 'name', message: 'name must be a string' },
        { field: 'inner.text', message: 'text must be a string' },
      ],
      detail: 'name must be a string; text must be a string',
    });
  });
});
