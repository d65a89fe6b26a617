import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { noticeOf, seesMoving, seriousFaults } from './support/browser.js';
import type { FreezingProxy } from './support/freezing-proxy.js';
import { VisitedCall } from './support/visited-call.js';
import { WholeSystem } from './support/whole-system.js';

jest.setTimeout(90_000);

const CUT_MS = 10_000;

describe('a call in a real browser', () => {
  let call: VisitedCall;
  let proxy: FreezingProxy;
  let system: WholeSystem;

  beforeAll(async () => {
    call = await VisitedCall.start();
    ({ proxy, system } = call);
  });

  afterEach(() => call.leave());

  afterAll(() => call.close());

  const open = (query: Record<string, string>, options?: BrowserContextOptions): Promise<Page> =>
    call.open(system.link(query), options);

  /** Opens a link that carries both, and joins. */
  async function join(room: string, name: string, options?: BrowserContextOptions): Promise<Page> {
    const page = await open({ room, name }, options);
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByText('Connected', { exact: true }).waitFor();
    return page;
  }

  it('lets two see each other move, and a third see both', async () => {
    const ann = await join('trio', 'Ann');
    const ben = await join('trio', 'Ben');
    await Promise.all([seesMoving(ann, 1), seesMoving(ben, 1)]);

    const cleo = await join('trio', 'Cleo');

    await Promise.all([ann, ben, cleo].map((page) => seesMoving(page, 2)));
    await cleo.getByRole('button', { name: /^People/ }).click();
    const people = cleo.locator('#people-list li');
    await people.nth(2).waitFor();
    expect(await people.locator('.person').allTextContents()).toEqual(['Ann', 'Ben', 'Cleo (you)']);
    expect(await people.locator('.role').allTextContents()).toEqual(Array(3).fill('Presenter'));
  });

  it('lets a viewer see without being seen', async () => {
    const ann = await join('show', 'Ann');
    const viewer = await open({ room: 'show', name: 'Vic', role: 'viewer' });
    await viewer.getByRole('button', { name: 'Join' }).click();

    await seesMoving(viewer, 1);

    expect(await viewer.locator('.tile').count()).toBe(1);
    expect(await viewer.getByRole('button', { name: /^Mute/ }).isVisible()).toBe(false);
    await ann.getByRole('button', { name: 'People 2 (p)' }).waitFor();
    expect(await ann.locator('.tile').count()).toBe(1);
  });

  it('shows who is muted, and whose camera is off, and takes both back', async () => {
    const ann = await join('quiet', 'Ann');
    const ben = await join('quiet', 'Ben');
    await seesMoving(ben, 1);
    const tile = ben.locator('.tile', { hasText: 'Ann' });

    await ann.keyboard.press('m');
    await ann.keyboard.press('c');

    await tile.getByText('Muted').waitFor();
    await tile.getByText('A', { exact: true }).waitFor();
    expect(await tile.locator('video').isVisible()).toBe(false);

    await ann.keyboard.press('c');
    await seesMoving(ben, 1);
    expect(await tile.locator('video').isVisible()).toBe(true);
  });

  it('shares a screen as a picture of its own', async () => {
    const ann = await join('screen', 'Ann');
    const ben = await join('screen', 'Ben');
    await seesMoving(ben, 1);

    await ann.getByRole('button', { name: /^Share your screen/ }).click();
    await seesMoving(ben, 2);
    expect(await ben.locator('.tile.is-screen .tile-name').textContent()).toBe('Ann’s screen');

    await ann.getByRole('button', { name: /^Stop sharing/ }).click();
    await ben.getByText('Ann’s screen').waitFor({ state: 'detached' });
    await seesMoving(ben, 1);
  });

  it('ends the call of who is kicked through the API, with a message', async () => {
    const ann = await join('strict', 'Ann');
    const ben = await join('strict', 'Ben');
    await seesMoving(ann, 1);
    const { service, room } = await system.find('strict');

    const path = `/v1/rooms/${room}/participants/Ben`;
    expect((await system.tenant(service).delete(path)).status).toBe(204);

    expect(await noticeOf(ben)).toBe('You were removed from the call');
    await ann.locator('.tile', { hasText: 'Ben' }).waitFor({ state: 'detached' });
  });

  it('ends the call of all when the room is deleted', async () => {
    const ann = await join('closing', 'Ann');
    const { service, room } = await system.find('closing');

    await system.tenant(service).delete(`/v1/rooms/${room}`);

    expect(await noticeOf(ann)).toBe('The call has ended');
  });

  it('refuses a used token, and says why', async () => {
    const token = await system.token('once', 'Ann');
    const link = `${system.link({ room: 'once', name: 'Ann' })}#token=${token}`;
    const [first, second] = [await call.open(link), await call.open(link)];
    await first.getByRole('button', { name: 'Join' }).click();
    await first.getByText('Connected', { exact: true }).waitFor();

    await second.getByRole('button', { name: 'Join' }).click();

    expect(await noticeOf(second)).toBe('This token was already used, or has expired');
    await second.getByRole('button', { name: 'Join again' }).click();
    await second.getByText('Connected', { exact: true }).waitFor();
  });

  it('says when the room is full', async () => {
    const ann = await join('small', 'Ann');
    await system.limitParticipants('small', 1);

    const ben = await open({ room: 'small', name: 'Ben' });
    await ben.getByRole('button', { name: 'Join' }).click();

    expect(await noticeOf(ben)).toBe('This room is full');
    expect(await ann.getByText('Connected', { exact: true }).isVisible()).toBe(true);
  });

  it('says that a room of type erizo needs a media node', async () => {
    const page = await open({ room: 'mixed', name: 'Ann', type: 'erizo' });
    await page.getByRole('button', { name: 'Join' }).click();

    expect(await noticeOf(page)).toBe('This room needs Licode’s media nodes');
  });

  it('says when camera and microphone are refused, and joins without', async () => {
    const ann = await open({ room: 'shy', name: 'Ann' }, { permissions: [] });
    await ann.addInitScript(
      `navigator.mediaDevices.getUserMedia = () =>
         Promise.reject(new DOMException('refused', 'NotAllowedError'));`,
    );
    await ann.reload();
    await ann.getByRole('button', { name: 'Join' }).click();
    expect(await noticeOf(ann)).toBe('Camera and microphone are blocked');

    await ann.getByRole('button', { name: 'Join without camera and microphone' }).click();

    await ann.getByText('Connected', { exact: true }).waitFor();
    const ben = await join('shy', 'Ben');
    await seesMoving(ann, 1);
    await ben.locator('.tile.is-dark', { hasText: 'Ann' }).waitFor();
  });

  it('goes on after the network of one page was cut for ten seconds', async () => {
    const ann = await join('tunnel', 'Ann');
    const before = proxy.connections();
    const ben = await join('tunnel', 'Ben');
    await Promise.all([seesMoving(ann, 1), seesMoving(ben, 1)]);
    const ofBen = [...proxy.connections()].filter((socket) => !before.has(socket));

    proxy.freeze(ofBen);
    await ben.context().setOffline(true);
    await ben.getByText('Reconnecting…', { exact: true }).first().waitFor();
    await new Promise((resolve) => setTimeout(resolve, CUT_MS));
    await ben.context().setOffline(false);

    await ben.getByText('Connected', { exact: true }).waitFor();
    await Promise.all([seesMoving(ann, 1), seesMoving(ben, 1)]);
    await ann.keyboard.press('m');
    expect(await ben.locator('.tile-muted:visible').textContent()).toBe('Muted');
    call.forgiveNetworkErrors();
  });

  it('makes a link between two browsers anew when it breaks', async () => {
    const ann = await join('mended', 'Ann');
    const ben = await open({ room: 'mended', name: 'Ben' });
    await ben.addInitScript(
      `globalThis.links = [];
       globalThis.RTCPeerConnection = class extends RTCPeerConnection {
         constructor(...options) { super(...options); links.push(this); }
       };`,
    );
    await ben.reload();
    await ben.getByRole('button', { name: 'Join' }).click();
    await Promise.all([seesMoving(ann, 1), seesMoving(ben, 1)]);

    await ben.evaluate(`links.filter((link) => link.getSenders().some(({ track }) => track))
      .forEach((link) => link.close())`);
    await ann.locator('.tile-note:visible').waitFor();

    await Promise.all([seesMoving(ann, 1), seesMoving(ben, 1)]);
    expect(await ann.locator('.tile-note:visible').count()).toBe(0);
  });

  it('goes on while the API restarts', async () => {
    const ann = await join('steady', 'Ann');
    const ben = await join('steady', 'Ben');
    await seesMoving(ann, 1);

    await system.restartApi();

    await Promise.all([seesMoving(ann, 1), seesMoving(ben, 1)]);
    expect(await ann.getByText('Connected', { exact: true }).isVisible()).toBe(true);
    const cleo = await join('steady', 'Cleo');
    await Promise.all([ann, ben, cleo].map((page) => seesMoving(page, 2)));
    call.forgiveNetworkErrors();
  });

  it('says that the node was stopped', async () => {
    const other = await WholeSystem.start();
    const link = `${other.demo.url}/#token=${await other.foreignToken()}`;
    const page = await call.open(link);
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByText('Connected', { exact: true }).waitFor();

    await other.close();

    expect(await noticeOf(page)).toBe('The signalling node was stopped');
    await page.getByLabel('Your name').fill('Ann');
    await page.getByRole('button', { name: 'Join again' }).click();
    await page.getByText('This page’s server does not answer').waitFor();
    call.forgiveNetworkErrors();
  });

  it('is left with the keyboard alone, and by closing the page', async () => {
    const ann = await join('bye', 'Ann');
    const ben = await join('bye', 'Ben');
    const cleo = await join('bye', 'Cleo');
    await seesMoving(ann, 2);

    await ben.getByRole('button', { name: 'Leave the call' }).focus();
    await ben.keyboard.press('Enter');
    await cleo.close({ runBeforeUnload: true });

    await ben.getByText('You left the call').waitFor();
    await ann.getByText('You are the only one here').waitFor();
    expect(await ann.locator('.tile').count()).toBe(1);
  });

  it.each([
    ['light', { width: 1280, height: 800 }],
    ['dark', { width: 390, height: 844 }],
  ] as const)(
    'has no serious fault in %s, and fits a window of %j',
    async (colorScheme, viewport) => {
      const page = await open(
        { room: `axe ${colorScheme}`, name: 'Ann' },
        { colorScheme, viewport },
      );
      const fits = () =>
        page.evaluate(
          'document.documentElement.scrollWidth <= document.documentElement.clientWidth',
        );
      expect(await seriousFaults(page)).toEqual([]);
      expect(await fits()).toBe(true);

      await page.getByRole('button', { name: 'Join' }).click();
      await page.getByText('Connected', { exact: true }).waitFor();
      await join(`axe ${colorScheme}`, 'Ben');
      await seesMoving(page, 1);
      await page.getByRole('button', { name: /^People/ }).click();
      await page.locator('#people-list li').nth(1).waitFor();

      expect(await seriousFaults(page)).toEqual([]);
      expect(await fits()).toBe(true);
    },
  );
});
