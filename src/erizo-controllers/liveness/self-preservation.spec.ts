import { beforeEach, describe, expect, it } from '@jest/globals';
import { START, makeNode } from '../../../test/erizo-controllers/fakes.js';
import type { ErizoController } from '../erizo-controller.js';
import { SelfPreservation } from './self-preservation.js';
import type { Heard } from './sightings.js';

const TIMEOUT = 10_000;

let selfPreservation: SelfPreservation;

beforeEach(() => {
  selfPreservation = new SelfPreservation(TIMEOUT);
});

/** Nodes whose last heartbeats were so many seconds after the start. */
function nodesSeenAt(...seconds: number[]): ErizoController[] {
  return seconds.map((second) => makeNode({ lastSeen: new Date(START + second * 1000) }));
}

/** As they are where all clocks agree. */
function heard(nodes: ErizoController[]): Heard[] {
  return nodes.map((node) => ({ node, heardAt: node.lastSeen.getTime() }));
}

function heldAt(nodes: ErizoController[], second: number): number {
  return selfPreservation.judge(heard(nodes), START + second * 1000).size;
}

describe('SelfPreservation', () => {
  it('holds nothing while nodes send heartbeats', () => {
    expect(heldAt(nodesSeenAt(0, 1, 2), 10)).toBe(0);
  });

  it('holds all when all fall silent at once', () => {
    const nodes = nodesSeenAt(0, 0.3, 0.9, 1);
    expect(heldAt(nodes, 11.5)).toBe(4);
    expect(selfPreservation.heldCount).toBe(4);
  });

  it('holds those that fell silent when they are more than half', () => {
    expect(heldAt(nodesSeenAt(0, 0, 0, 11, 11), 11)).toBe(3);
  });

  it('lets half and fewer go', () => {
    expect(heldAt(nodesSeenAt(0, 0, 0, 11, 11, 11), 11)).toBe(0);
  });

  it('lets one or two go, even when they are all', () => {
    expect(heldAt(nodesSeenAt(0, 0), 11)).toBe(0);
  });

  it('lets nodes go that fell silent one after the other', () => {
    expect(heldAt(nodesSeenAt(0, 4, 8, 12, 16, 20), 31)).toBe(0);
  });

  it('ends the hold of truly dead nodes a minute after they would have been given up', () => {
    const dead = nodesSeenAt(0, 0, 0);
    expect(heldAt(dead, 69)).toBe(3);
    expect(selfPreservation.horizon(START + 70_000)).toBe(START);
  });

  it('ends the hold when enough new nodes have come', () => {
    const dead = nodesSeenAt(0, 0, 0);
    expect(heldAt([...dead, ...nodesSeenAt(12, 12)], 12)).toBe(3);
    expect(heldAt([...dead, ...nodesSeenAt(30, 30, 30)], 30)).toBe(0);
  });

  it('keeps the rest held for a time-out while the others come back one by one', () => {
    const nodes = nodesSeenAt(0, 0, 0, 0, 0);
    expect(heldAt(nodes, 20)).toBe(5);
    const back = (count: number, second: number): ErizoController[] =>
      nodes.map((node, index) =>
        index < count ? { ...node, lastSeen: new Date(START + second * 1000) } : node,
      );
    expect(heldAt(back(3, 21), 21)).toBe(2);
    expect(heldAt(back(3, 29), 29)).toBe(2);
    expect(heldAt(back(3, 30), 30)).toBe(0);
  });

  it('decides from the times alone, so that an instance that has just started decides the same', () => {
    const nodes = nodesSeenAt(0, 0, 0);
    expect(heldAt(nodes, 40)).toBe(3);
    expect(new SelfPreservation(TIMEOUT).judge(heard(nodes), START + 40_000).size).toBe(3);
  });

  it('does not count nodes that never sent a heartbeat', () => {
    const mute = Array.from({ length: 5 }, () => makeNode({ createdAt: new Date(START) }));
    expect(heldAt(mute, 11)).toBe(0);
    expect(heldAt([...mute, ...nodesSeenAt(0, 0, 0)], 11)).toBe(3);
  });

  it('holds any node while heartbeats are lost here, and for a time-out after', () => {
    const [alive, dead] = nodesSeenAt(12, 0) as [ErizoController, ErizoController];
    for (let second = 13; second < 150; second += 8)
      selfPreservation.missHeartbeats(START + second * 1000);
    expect(selfPreservation.horizon(START + 150_000)).toBe(START + 3_000);
    expect([...selfPreservation.judge(heard([alive, dead]), START + 150_000)]).toEqual([
      alive._id.toHexString(),
    ]);
    expect(heldAt([alive, dead], 158)).toBe(1);
    expect(heldAt([alive, dead], 159)).toBe(0);
  });

  it('holds nodes on the broker alone while the broker is away', () => {
    const [onBroker, onRest] = nodesSeenAt(12, 12) as [ErizoController, ErizoController];
    delete onBroker.controlUrl;
    onRest.controlUrl = 'http://127.0.0.1:1';
    for (let second = 13; second < 100; second += 1)
      selfPreservation.missBrokerHeartbeats(START + second * 1000);
    expect([...selfPreservation.judge(heard([onBroker, onRest]), START + 100_000)]).toEqual([
      onBroker._id.toHexString(),
    ]);
    expect(heldAt([onBroker, onRest], 108)).toBe(1);
    expect(heldAt([onBroker, onRest], 109)).toBe(0);
  });

  it('does not take two failures far apart for one', () => {
    const nodes = nodesSeenAt(0);
    selfPreservation.missHeartbeats(START);
    selfPreservation.missHeartbeats(START + 15_000);
    expect(heldAt(nodes, 16)).toBe(0);
  });
});
