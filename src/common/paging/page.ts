import type { Type } from '@nestjs/common';
import { ApiProperty, ApiSchema } from '@nestjs/swagger';

/** A part of a list. */
export interface Page<T> {
  items: T[];
  /** The `cursor` of the next page; null on the last. */
  next: string | null;
}

/**
 * Makes a page of what was found: one more than the limit, when there is a next page.
 *
 * @param cursorOf the place after an item
 */
export function pageOf<T, U>(
  found: readonly T[],
  limit: number,
  { cursorOf, toItem }: { cursorOf: (last: T) => string; toItem: (found: T) => U },
): Page<U> {
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const next = last !== undefined && found.length > limit ? cursorOf(last) : null;
  return { items: shown.map(toItem), next };
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
