import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { startAppDemo, type AppDemo } from '../../src/app-demo/app-demo.js';
import { SUPERSERVICE } from '../support/test-app.js';
import { noticeOf, seesMoving } from './support/browser.js';
import type { FreezingProxy } from './support/freezing-proxy.js';
import { VisitedCall } from './support/visited-call.js';
import type { WholeSystem } from './support/whole-system.js';

jest.setTimeout(120_000);

describe('the call page', () => {
  let call: VisitedCall;
  let proxy: FreezingProxy;
  let system: WholeSystem;

  beforeAll(async () => {
    call = await VisitedCall.start();
    ({ proxy, system } = call);
  });

  afterEach(() => call.leave());

  afterAll(() => call.close());

  async function press(page: Page): Promise<void> {
    await page.getByRole('button', { name: /^Join/ }).click();
  }

  /** Opens an address, says a name unless a token does, and joins. */
  async function join(url: string, name: string, options?: BrowserContextOptions): Promise<Page> {
    const page = await call.open(url, options);
    if (!url.includes('#token=')) await page.getByLabel('Your name').fill(name);
    await press(page);
    await page.getByText('Connected', { exact: true }).waitFor();
    return page;
  }

  const joinRoom = (room: string, name: string) => join(system.link({ room }), name);

  /** A link that carries a token and nothing else. */
  const tokenLink = async (room: string, name: string, role?: string) =>
    `${system.demo.url}/#token=${await system.token(room, name, role)}`;

  describe('the lobby', () => {
    it.each(['', '   '])('says that the name is missing when it is %j', async (name) => {
      const page = await call.open(system.link({ room: 'blank' }));
      await page.getByLabel('Your name').fill(name);

      await press(page);

      expect(await noticeOf(page)).toBe('Your name is missing');
      expect(await page.evaluate('document.activeElement.id')).toBe('name');
    });

    it('says that the room is missing', async () => {
      const page = await call.open(system.link({ room: ' ', name: 'Ann' }));

      await press(page);

      expect(await noticeOf(page)).toBe('The room is missing');
      expect(await page.evaluate('document.activeElement.id')).toBe('room');
    });

    it('says so when it does not know the role of its link, and shows nobody by mistake', async () => {
      const page = await call.open(system.link({ room: 'odd', name: 'Ann', role: 'guest' }));

      expect(await noticeOf(page)).toBe('This page does not know the role of your link');
      expect(await page.locator('input[value=viewer]').isChecked()).toBe(true);
    });

    it('joins in the role that its link names', async () => {
      const query = { room: 'data', name: 'Ann', role: 'viewerWithData' };
      const page = await call.open(system.link(query));
      await press(page);
      await page.getByText('Connected', { exact: true }).waitFor();

      await page.getByRole('button', { name: /^People/ }).click();

      expect(await page.locator('#people-list .role').textContent()).toBe('Viewer, may send data');
    });
  });

  describe('its address', () => {
    it('leads back into the room, and others, too', async () => {
      const ann = await call.open(`${system.demo.url}/`);
      await ann.getByLabel('Your name').fill('Ann');
      await ann.getByLabel('Room').fill('tea & cake');
      await press(ann);
      await ann.getByText('Connected', { exact: true }).waitFor();
      const { searchParams } = new URL(ann.url());
      expect([...searchParams]).toEqual([['room', 'tea & cake']]);

      await ann.reload();
      await press(ann);
      await ann.getByText('Connected', { exact: true }).waitFor();
      const ben = await join(ann.url(), 'Ben');

      await Promise.all([seesMoving(ann, 1), seesMoving(ben, 1)]);
    });

    it('names the room of a token by its id, and so does the invite link', async () => {
      const ann = await join(await tokenLink('by token', 'Ann'), 'Ann', {
        permissions: ['camera', 'microphone', 'clipboard-read', 'clipboard-write'],
      });
      await ann.getByRole('button', { name: 'Copy invite link' }).click();
      await ann.getByText('Link copied').waitFor();

      const { room } = await system.find('by token');
      const expected = `${system.demo.url}/?roomId=${room}`;
      expect([await ann.evaluate('navigator.clipboard.readText()'), ann.url()]).toEqual([
        expected,
        expected,
      ]);
      const ben = await join(expected, 'Ben');
      await Promise.all([seesMoving(ann, 1), seesMoving(ben, 1)]);

      await ann.getByRole('button', { name: 'Leave the call' }).click();
      await ann.getByRole('button', { name: 'Join again' }).click();
      await Promise.all([seesMoving(ann, 1), seesMoving(ben, 1)]);
    });

    it('invites nobody into a room that this page’s server has no tokens for', async () => {
      const page = await call.open(`${system.demo.url}/#token=${await system.foreignToken()}`);
      // It asks once: of a room that its server does not know it asks no more.
      const asked = page.waitForResponse(/getUsers/);
      await press(page);
      await page.getByText('Connected', { exact: true }).waitFor();
      await asked;

      expect(await page.getByRole('button', { name: 'Copy invite link' }).isVisible()).toBe(false);
      expect(await page.getByText('Send the link to somebody').isVisible()).toBe(false);
      expect(page.url()).toBe(`${system.demo.url}/`);
      call.forgiveNetworkErrors();
    });
  });

  it('says what a role that nobody knows can not do', async () => {
    await joinRoom('strangers', 'Ann');

    const viewport = { width: 390, height: 844 };
    const guest = await join(await tokenLink('strangers', 'Gus', 'guest'), 'Gus', { viewport });

    const banner = guest.getByText(
      'Your role is not known here: you can neither watch nor be seen.',
    );
    await banner.waitFor();
    const { x, width } = (await banner.boundingBox())!;
    expect([x >= 0, x + width <= viewport.width]).toEqual([true, true]);
    await guest.getByText('Not for your role').waitFor();
    expect(await guest.locator('.tile.is-self').count()).toBe(0);
    expect(await guest.getByText('Connecting…').count()).toBe(0);
    expect(await guest.getByRole('button', { name: /Camera/ }).isVisible()).toBe(false);
  });

  it('shows who has the token of a viewer that they only watch', async () => {
    await joinRoom('watched', 'Ann');

    const viewer = await join(await tokenLink('watched', 'Vic', 'viewer'), 'Vic');

    await viewer.getByText('Your role lets you watch. Nobody sees or hears you.').waitFor();
    await seesMoving(viewer, 1);
    expect(await viewer.locator('.tile.is-self').count()).toBe(0);
  });

  describe('when the node has lost its place', () => {
    let restarted: AppDemo | undefined;

    afterEach(async () => {
      call.leadToNode();
      proxy.cut();
      await restarted?.close();
      restarted = undefined;
    });

    /** A node at the same address that knows nobody, as after `kill -9` and a new start. */
    async function restartNode({ cuts = true } = {}): Promise<void> {
      restarted = await startAppDemo({
        apiUrl: system.apiUrl,
        superserviceId: SUPERSERVICE.serviceId,
        superserviceKey: SUPERSERVICE.key,
        host: '127.0.0.1',
        port: 0,
        controllerPort: 0,
        publicControllerPort: proxy.port,
      });
      proxy.target = Number(new URL(restarted.controllerUrl).port);
      if (cuts) proxy.cut();
    }

    it('goes in again with a new token', async () => {
      const [ann, ben] = [await joinRoom('phoenix', 'Ann'), await joinRoom('phoenix', 'Ben')];
      await Promise.all([seesMoving(ann, 1), seesMoving(ben, 1)]);

      await restartNode();

      for (const page of [ann, ben]) {
        await page.getByText('This page asks for a new token and goes in again.').waitFor();
        await page.getByText('Connected', { exact: true }).waitFor();
      }
      await Promise.all([seesMoving(ann, 1), seesMoving(ben, 1)]);
      expect(await ann.locator('.tile').count()).toBe(2);
      call.forgiveNetworkErrors();
    });

    it('does so as well, everybody, when the node is stopped and says goodbye', async () => {
      await restartNode();
      const stopped = restarted;
      const pages = await Promise.all(
        ['Ann', 'Ben', 'Cleo'].map((name) => joinRoom('goodbye', name)),
      );
      await Promise.all(pages.map((page) => seesMoving(page, 2)));

      await restartNode({ cuts: false });
      await stopped?.close();

      for (const page of pages) {
        await page.getByText('This page asks for a new token and goes in again.').waitFor();
        await page.getByText('Connected', { exact: true }).waitFor();
      }
      await Promise.all(pages.map((page) => seesMoving(page, 2)));
      expect(await pages[0]?.locator('.tile').count()).toBe(3);
      call.forgiveNetworkErrors();
    });

    it('says so when it can not get a new token itself', async () => {
      const ann = await join(`${system.demo.url}/#token=${await system.foreignToken()}`, 'Ann');

      await restartNode();

      expect(await noticeOf(ann)).toBe('Your place in the call was lost');
      call.forgiveNetworkErrors();
    });
  });

  it('says that it was kicked to who was away at the time', async () => {
    const before = proxy.connections();
    const ben = await joinRoom('absent', 'Ben');
    const ofBen = [...proxy.connections()].filter((socket) => !before.has(socket));
    proxy.freeze(ofBen);
    await ben.context().setOffline(true);
    await ben.getByText('Reconnecting…', { exact: true }).first().waitFor();

    const { service, room } = await system.find('absent');
    await system.tenant(service).delete(`/v1/rooms/${room}/participants/Ben`);
    await ben.context().setOffline(false);

    expect(await noticeOf(ben)).toBe('You were removed from the call');
    call.forgiveNetworkErrors();
  });

  it('waits for as long as the API waits for a node, and then says that there is none', async () => {
    await system.drainNodes(true);
    const page = await call.open(system.link({ room: 'nowhere', name: 'Ann' }));

    await press(page);
    await page.getByRole('button', { name: 'Joining…' }).waitFor();

    expect(await noticeOf(page)).toBe('No signalling node is available');
    await system.drainNodes(false);
    call.forgiveNetworkErrors();
  });
});
