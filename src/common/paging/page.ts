import type { Type } from '@nestjs/common';
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ByteBudget } from './byte-budget.js';

/** A part of a list. */
export interface Page<T> {
  items: T[];
  /** The `cursor` of the next page; null on the last. */
  next: string | null;
}

/** What was read for a page, and whether there is more behind it. */
export interface Found<T> {
  items: readonly T[];
  hasMore: boolean;
}

/** What was read of a list where one more than the limit was asked for. */
export function upTo<T>(limit: number, read: readonly T[]): Found<T> {
  return { items: read.slice(0, limit), hasMore: read.length > limit };
}

/** Reads until there are enough, and one more that is not shown. @param largeIn what of an item may be large, if anything */
export async function collect<T>(
  read: AsyncIterable<T>,
  limit: number,
  largeIn: (item: T) => unknown,
): Promise<Found<T>> {
  const items: T[] = [];
  const budget = new ByteBudget();
  for await (const item of read) {
    if (items.length === limit || budget.isSpent) return { items, hasMore: true };
    items.push(item);
    budget.spend(largeIn(item));
  }
  return { items, hasMore: false };
}

/**
 * Makes a page of what was read.
 *
 * @param cursorOf the place after an item
 */
export function pageOf<T, U>(
  { items, hasMore }: Found<T>,
  { cursorOf, toItem }: { cursorOf: (last: T) => string; toItem: (found: T) => U },
): Page<U> {
  const last = items.at(-1);
  const next = last !== undefined && hasMore ? cursorOf(last) : null;
  return { items: items.map(toItem), next };
}

/** The schema of a page, for the OpenAPI document. */
export function PageDto<T>(name: string, item: Type<T>): Type<Page<T>> {
  @ApiSchema({ name, description: 'A part of the list' })
  class OfItems implements Page<T> {
    @ApiProperty({ type: [item], description: 'What this page has of it', example: [] })
    items!: T[];

    @ApiProperty({
      type: String,
      nullable: true,
      description: 'The `cursor` of the next page; null on the last',
      example: null,
    })
    next!: string | null;
  }
  return OfItems;
}
