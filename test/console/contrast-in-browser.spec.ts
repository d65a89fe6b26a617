import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, seriousFaults, visit } from '../app-demo/support/browser.js';
import { WholeSystem } from '../app-demo/support/whole-system.js';

jest.setTimeout(120_000);

/** Draws what a page shows only in certain states, all at once, with the page's own classes. */
const DRAW_STATES = `(() => {
  const states = [
    ...['connecting', 'connected', 'reconnecting'].map((state) => ['p', 'pill', { state }]),
    ['p', 'pill ending', {}],
    ['span', 'event-type', {}],
    ['span', 'event-room', {}],
    ...['good', 'warn', 'bad', 'idle'].map((tone) => ['span', 'status', { tone }]),
    ['button', 'button', {}],
    ['button', 'button primary', {}],
    ['button', 'button quiet', {}],
    ['button', 'button quiet danger', {}],
    ['p', 'notice', {}],
    ['p', 'muted', {}],
    ['button', 'tool is-off', {}],
    ['button', 'tool is-active', {}],
    ['button', 'tool leave', {}],
  ];
  for (const surface of ['--ground', '--surface', '--raised', '--sunken']) {
    const area = document.createElement('section');
    area.style.background = 'var(' + surface + ')';
    for (const [tag, className, data] of states) {
      const element = document.createElement(tag);
      element.className = className;
      Object.assign(element.dataset, data);
      element.textContent = className + ' ' + Object.values(data).join();
      area.append(element);
    }
    document.body.append(area);
  }
})()`;

describe.each(['light', 'dark'] as const)('in %s every state can be read', (colorScheme) => {
  let browser: Browser;
  let system: WholeSystem;

  beforeAll(async () => {
    system = await WholeSystem.start();
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    await system.close();
  });

  const contrastFaults = async (page: Page) =>
    (await seriousFaults(page)).filter((fault) => fault.startsWith('color-contrast'));

  it.each(['call page', 'console'])('on the %s', async (name) => {
    const url = name === 'console' ? `${system.apiUrl}/console/` : system.demo.url;
    const { page } = await visit(browser, url, { colorScheme });
    await page.evaluate(DRAW_STATES);
    expect(await contrastFaults(page)).toEqual([]);
  });

  it('on the documentation page, with a call and its response', async () => {
    const { page } = await visit(browser, `${system.apiUrl}/docs`, { colorScheme });
    // One call of each method, open, and one of them made.
    for (const method of ['get', 'put', 'patch', 'delete', 'post']) {
      await page.click(`.opblock-${method} .opblock-summary`);
    }
    await page.click('.opblock-post button.execute');
    await page.waitForSelector('.live-responses-table .response-col_status');
    expect(await contrastFaults(page)).toEqual([]);
  });
});
