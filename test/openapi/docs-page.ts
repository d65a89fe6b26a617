import type { Page } from 'playwright-core';

/** What the page shows of an answer. */
export interface Shown {
  status: string;
  body: string;
  /** The command that asks for the same. */
  curl: string;
}

/** Fills the page's form in, and waits for what it says. */
export async function signIn(page: Page, serviceId: string, key: string): Promise<string> {
  await page.getByLabel('Service id').fill(serviceId);
  await page.getByLabel('Key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  const status = page.locator(
    '#sign-in [role="status"]:is([data-state="right"], [data-state="wrong"])',
  );
  await status.waitFor();
  return (await status.textContent()) ?? '';
}

/** Presses Execute on one call, and reads what is shown. */
export async function tryOut(
  page: Page,
  operation: string,
  { fields = {}, body }: { fields?: Record<string, string>; body?: object } = {},
): Promise<Shown> {
  const block = page.locator(`#operations-${operation}`);
  await block.locator('.opblock-summary').click();
  for (const [name, value] of Object.entries(fields)) {
    await block.locator(`tr[data-param-name="${name}"] input`).fill(value);
  }
  if (body) await block.locator('textarea.body-param__text').fill(JSON.stringify(body, null, 2));
  await block.locator('button.execute').click();
  const answer = block.locator('.live-responses-table .response');
  const status = await answer.locator('.response-col_status').textContent();
  const shown = answer.locator('.highlight-code').first();
  const text = (await shown.count()) > 0 ? await shown.textContent() : '';
  const curl = await block.locator('.curl').first().textContent();
  return {
    status: status?.trim() ?? '',
    body: text?.replace(/^Download/, '') ?? '',
    curl: curl ?? '',
  };
}
