import { describe, expect, it } from '@jest/globals';
import { etagOf, parseTagList } from './entity-tags.js';

describe('parseTagList', () => {
  it.each([
    ['*', { isAny: true, strong: [], weak: [] }],
    [' * ', { isAny: true, strong: [], weak: [] }],
    [etagOf(7), { isAny: false, strong: ['"7"'], weak: [] }],
    ['"1", W/"2" ,"3"', { isAny: false, strong: ['"1"', '"3"'], weak: ['"2"'] }],
    ['"a,b","c"', { isAny: false, strong: ['"a,b"', '"c"'], weak: [] }],
    [',"1",,', { isAny: false, strong: ['"1"'], weak: [] }],
    ['""', { isAny: false, strong: ['""'], weak: [] }],
  ])('reads %s', (header, list) => {
    expect(parseTagList(header)).toEqual(list);
  });

  it.each(['', ' ', ',', '1', '"1', '1"', 'w/"1"', '"1" "2"', '"1", *', '"a b"', '"1"x'])(
    'takes %j for none',
    (header) => {
      expect(parseTagList(header)).toBeUndefined();
    },
  );
});
