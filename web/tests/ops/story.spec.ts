// An operator's day by keyboard alone, and what happens when somebody else was faster.
import type { Locator, Page } from '@playwright/test';
import { expect, openOverview, test } from './monitor';

// As a person finds it: Tab until it has the focus.
async function tabTo(page: Page, target: Locator) {
  await expect(target).toBeVisible();
  for (let step = 0; step < 150; ++step) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${target}`);
}

test('see an incident, acknowledge it, tell the public, resolve it: by keyboard', async ({ page, monitor }) => {
  const title = `Orders are late ${Date.now()}`;
  const words = `We found the cause ${Date.now()}.`;
  await openOverview(page, monitor);
  await tabTo(page, page.getByRole('link', { name: /^Incidents/ }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('link', { name: 'Open an incident' }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByLabel('Title'));
  await page.keyboard.type(title);
  await tabTo(page, page.getByLabel('Services'));
  await page.keyboard.type('search');
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Open the incident' }));
  await page.keyboard.press('Enter');
  await expect(page.locator('h1')).toHaveText(title);

  await tabTo(page, page.getByRole('link', { name: 'Overview' }));
  await page.keyboard.press('Enter');
  await expect(page.locator('.attends')).toContainText(title);
  await tabTo(page, page.getByRole('button', { name: `Acknowledge ${title}` }));
  await page.keyboard.press('Enter');
  await expect(page.locator('.attend', { hasText: title })).toContainText('Acknowledged by');
  await expect(page.getByRole('link', { name: title })).toBeFocused();
  await page.keyboard.press('Enter');

  await tabTo(page, page.getByLabel('Update'));
  await page.keyboard.type(words);
  await expect(page.locator('.preview')).toContainText(words);
  await tabTo(page, page.getByRole('button', { name: 'Publish the update' }));
  await page.keyboard.press('Enter');
  await expect(page.locator('.entry.public', { hasText: words })).toBeVisible();
  await expect(page.getByLabel('Update')).toHaveValue('');
  for (const path of ['', 'feed.atom', 'feed.rss'])
    await expect.poll(async () => (await page.request.get(monitor.url + path)).text(), { message: path }).toContain(words);

  await tabTo(page, page.getByRole('button', { name: 'Resolve' }));
  await page.keyboard.press('Enter');
  await expect(page.locator('.lead')).toContainText('Resolved after');
  await expect(page.getByRole('button', { name: 'Reopen' })).toBeVisible();
});

test('the table by single keys', async ({ page, monitor }) => {
  await openOverview(page, monitor);
  await page.keyboard.press('j');
  await expect(page.locator('#rows tr').nth(0).locator('.name a')).toBeFocused();
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  const first = page.locator('#rows tr').nth(0);
  await expect(first.locator('.inc')).toHaveText('Open');
  await page.keyboard.press('a');
  await expect(first.locator('.inc')).toHaveText('Acknowledged');
  await page.keyboard.press('x');
  await expect(page.getByRole('region', { name: 'Picked services' })).toContainText('1 picked');
  await page.keyboard.press('/');
  await page.keyboard.type('search');
  await expect(page.locator('#rows tr')).toHaveCount(1);
  await expect(page).toHaveURL(/q=search/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/ops\/services\/search$/);
  await page.goBack();
  await expect(page.locator('#search')).toHaveValue('search');
});

test('counts filter, and the address keeps it', async ({ page, monitor }) => {
  await openOverview(page, monitor);
  const degraded = page.getByRole('group', { name: 'Filter by state' }).getByRole('button', { name: /Degraded/ });
  await expect(degraded).toContainText(/[1-9]/);
  await degraded.click();
  await expect(degraded).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('#rows .st.up')).toHaveCount(0);
  await page.reload();
  await expect(degraded).toHaveAttribute('aria-pressed', 'true');
});

test('picked services are checked, and maintained', async ({ page, monitor }) => {
  await openOverview(page, monitor);
  await page.getByLabel('Select Website').check();
  await page.getByRole('button', { name: 'Check now' }).click();
  await expect(page.getByRole('region', { name: 'Picked services' })).toContainText('1 service being checked');
  await page.getByLabel('Select Website').uncheck();
  await page.getByLabel('Select Search (slow)').check();
  await page.getByRole('button', { name: 'Plan maintenance' }).click();
  await expect(page.locator('.summary')).toContainText('1 service will be muted');
  await expect(page.locator('.summary')).toContainText('UTC');
  const title = `New disks ${Date.now()}`;
  await page.getByLabel('What is done').fill(title);
  await page.getByLabel('Begins').fill('2030-05-01T10:00');
  await page.getByRole('button', { name: 'Plan it' }).click();
  const planned = page.locator('.window', { hasText: title });
  await expect(planned).toContainText('1 May 2030, 08:00 UTC'); // 10:00 in Berlin
  await planned.getByRole('button', { name: /Take it out/ }).click();
  await planned.getByRole('button', { name: 'Take it out', exact: true }).click();
  await expect(planned).toHaveCount(0);
});

test('a token is shown once and revoked', async ({ page, monitor }) => {
  await page.goto(`${monitor.url}ops/settings`);
  const name = `ci ${Date.now()}`;
  await page.getByRole('button', { name: 'Make it' }).click();
  await expect(page.getByLabel('Name')).toBeFocused();
  await expect(page.getByLabel('Name')).toHaveAttribute('aria-describedby', /token-name-error/);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Make it' }).click();
  await expect(page.locator('#made code')).toHaveText(/^acl_/);
  await page.getByRole('button', { name: 'Done' }).click();
  const row = page.getByRole('row', { name });
  await row.getByRole('button', { name: /Revoke/ }).click();
  await row.getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(row).toContainText('Revoked');
});

test('what the server finds wrong stands at its field', async ({ page, monitor }) => {
  await page.goto(`${monitor.url}ops/incidents/new?service=search`);
  await page.getByLabel('Title').fill('ü'.repeat(128)); // characters enough, bytes too many
  await page.getByRole('button', { name: 'Open the incident' }).click();
  await expect(page.getByLabel('Title')).toBeFocused();
  await expect(page.getByLabel('Title')).toHaveAttribute('aria-invalid', 'true');
  const described = await page.getByLabel('Title').getAttribute('aria-describedby');
  await expect(page.locator(`#${described!.split(' ').at(-1)}`)).toContainText('128');
});

test('a lost session keeps the draft and leads to the login', async ({ page, monitor }) => {
  await page.goto(`${monitor.url}ops/incidents/new?service=search`);
  await page.getByLabel('Title').fill('Half a title');
  await page.route('**/api/v1/incidents', (route) => route.fulfill({ status: 401, contentType: 'application/problem+json', body: '{"detail":"no session"}' }));
  const left = page.waitForRequest(/\/ops\/login\?next=%2Fops%2Fincidents%2Fnew/);
  await page.getByRole('button', { name: 'Open the incident' }).click();
  await left;
  await page.unroute('**/api/v1/incidents');
  await page.goto(`${monitor.url}ops/incidents/new`);
  await expect(page.getByLabel('Title')).toHaveValue('Half a title');
});

test('a token that was renewed is asked for once', async ({ page, monitor }) => {
  const real = await (await page.request.get(`${monitor.url}api/v1/session`)).json();
  let asked = 0;
  await page.route('**/api/v1/session', (route) => {
    ++asked;
    return route.fulfill({ json: { ...real, csrf: asked === 1 ? 'old' : real.csrf } });
  });
  const refused: number[] = [];
  await page.route('**/api/v1/services/search/check', (route) => {
    if (route.request().headers()['x-csrf-token'] === real.csrf) return route.continue();
    refused.push(403);
    return route.fulfill({ status: 403, contentType: 'application/problem+json', body: '{"detail":"wrong token"}' });
  });
  await page.goto(`${monitor.url}ops/services/search`);
  const done = page.waitForResponse((answer) => answer.url().endsWith('/check') && answer.status() === 202);
  await page.getByRole('button', { name: 'Check now' }).click();
  await done;
  expect(refused).toHaveLength(1);
  expect(asked).toBe(2);
});

test('two operators: the later one reads that it is over, and keeps the words', async ({ page, monitor, browser }) => {
  const { id } = await monitor.open('Two of us');
  const other = await (await browser.newContext()).newPage();
  await other.route('**/events*', (route) => route.abort()); // it has not heard yet
  let asked = 0;
  await other.route('**/api/v1/overview', (route) => (asked++ ? route.abort() : route.continue()));
  for (const one of [page, other]) await one.goto(`${monitor.url}ops/incidents/${id}`);
  await page.getByRole('button', { name: 'Resolve' }).click();
  await expect(page.locator('.lead')).toContainText('Resolved after');
  await other.getByLabel('Update').fill('Still at it.');
  await other.getByRole('button', { name: 'Publish the update' }).click();
  await expect(other.locator('form .failure')).toContainText('There is no such open incident.');
  await expect(other.getByLabel('Update')).toHaveValue('Still at it.');
  await other.context().close();
});

test('two operators: who acknowledged first is told', async ({ page, monitor }) => {
  const made = await monitor.open('Who was first');
  await page.route(`**/api/v1/incidents/${made.id}/ack`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), acknowledged_by: 'grace' } });
  });
  await page.goto(`${monitor.url}ops/incidents/${made.id}`);
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(page.locator('.failure[role=alert]')).toHaveText('grace was first.');
});
