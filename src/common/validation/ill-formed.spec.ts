import { expect, it } from '@jest/globals';
import { illFormedFields } from './ill-formed.js';

it.each([
  ['{"name":"\\ud800"}', ['name']],
  ['{"name":"\\ud83d\\ude00","a":[{"b":"x\\udfff"}]}', ['a.0.b']],
  ['{"data":{"\\ud800":1,"n":1e400}}', ['data', 'data.n']],
  ['{"data":{"n":-1e400}}', ['data.n']],
  ['{"n":1e308,"list":[null,true,"é"]}', []],
  [`${'{"a":'.repeat(20_000)}"\\ud800"${'}'.repeat(20_000)}`, []],
])('%.40s has %j', (json, fields) => {
  expect(illFormedFields(JSON.parse(json))).toEqual(fields);
});
