import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import axe from 'axe-core';
import {
  chromium,
  type Browser,
  type BrowserContextOptions,
  type ConsoleMessage,
  type Page,
} from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = [
  '--no-sandbox',
  // Names of other machines, as far as a browser can tell: nothing of localhost holds for them.
  '--host-resolver-rules=MAP *.nuvem.test 127.0.0.1',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  // A picture that moves, and leaves the processor to the rest.
  '--use-fake-device-for-media-stream=fps=5',
  '--use-fake-ui-for-media-stream',
];

const TIMEOUT_MS = 30_000;

/** A real Chromium, with a camera and a microphone that need nobody's consent. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
}

function chromiumPath(): string {
  const given = process.env['CHROMIUM_PATH'];
  if (given) return given;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = paths.find((path) => existsSync(path));
  if (!found) throw new Error('No Chromium: install it, or name it in CHROMIUM_PATH');
  return found;
}

/** A page of its own, and all that went wrong in it. */
export interface Visitor {
  page: Page;
  errors: string[];
}

export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isOfSlowNode(message)) errors.push(message.text());
  });
  await page.goto(url);
  return { page, errors };
}

/** On a slow machine a node takes longer than the API waits: the page shows what it has, and asks again. */
function isOfSlowNode(message: ConsoleMessage): boolean {
  return message.location().url.includes('/getUsers/') && message.text().includes('503');
}

/**
 * Runs in the page: how many videos of others have moved on since they were first looked at. Time
 * alone would not tell: it goes on when no more pictures come.
 */
const COUNT_MOVING = `(() => {
  const seen = (globalThis.seenVideos ??= new WeakMap());
  const videos = [...document.querySelectorAll('.tile:not(.is-self) video')];
  const moving = videos.filter((video) => {
    const frames = video.getVideoPlaybackQuality().totalVideoFrames;
    const first = seen.get(video) ?? { time: video.currentTime, frames };
    seen.set(video, first);
    return video.videoWidth > 0 && video.currentTime > first.time && frames > first.frames + 3;
  });
  return videos.length === moving.length ? moving.length : -1;
})()`;

/** Resolves when the page shows this many videos of others, and all of them move. */
export async function seesMoving(page: Page, count: number): Promise<void> {
  await page.evaluate('delete globalThis.seenVideos');
  const deadline = Date.now() + TIMEOUT_MS;
  // Asked from outside: a function that polls in the page would need eval, which its policy forbids.
  for (;;) {
    const moving = await page.evaluate(COUNT_MOVING);
    if (moving === count) return;
    if (Date.now() > deadline) throw new Error(`${count} should move, not ${String(moving)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The title of what the page says went wrong. */
export function noticeOf(page: Page): Promise<string | null> {
  return page.locator('.notice strong').textContent();
}

/** What axe finds in the page that is serious or worse, in words. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  }>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
