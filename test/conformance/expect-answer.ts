import { expect } from '@jest/globals';
import type { Answer } from '../support/api-client.js';
import type { ConformanceCase, Replay } from './replay.js';

const OBJECT_ID: unknown = expect.stringMatching(/^[0-9a-f]{24}$/);

/** Compares an answer with what a recorded case expects. */
export function expectAnswer(answer: Answer, recorded: ConformanceCase, replay: Replay): void {
  const expected = replay.expectation(recorded);
  if (expected.status !== undefined) expect(answer.status).toBe(expected.status);
  if (expected.statusIn) expect(expected.statusIn).toContain(answer.status);
  if (expected.text !== undefined) {
    expect(answer.text).toBe(expected.text);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  }
  if (expected.json !== undefined) expect(answer.json).toEqual(expected.json);
  if (expected.jsonMatch) expect(answer.json).toMatchObject(expected.jsonMatch);
  for (const field of expected.jsonAbsent ?? []) expect(answer.json).not.toHaveProperty(field);
  if (expected.jsonLength !== undefined) expect(answer.json).toHaveLength(expected.jsonLength);
  if (expected.objectId === '.') expect(answer.json).toEqual(OBJECT_ID);
  else if (expected.objectId !== undefined) {
    expect(answer.json).toMatchObject({ [expected.objectId]: OBJECT_ID });
  }
  if (expected.token) {
    const token: unknown = JSON.parse(Buffer.from(answer.text, 'base64').toString('utf8'));
    expect(token).toEqual({
      tokenId: OBJECT_ID,
      host: '192.0.2.2:8080',
      secure: false,
      signature: expect.stringMatching(/^[A-Za-z0-9+/]{54}==$/),
    });
  }
}
