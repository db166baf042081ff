// Every view is there, clean for axe, and fits a narrow screen.
import { expect, expectClean, expectNoOverflow, openOverview, test, type Monitor } from './monitor';
import type { Page } from '@playwright/test';

const views: [string, string, (page: Page) => Promise<void>][] = [
  ['ops/', 'Overview', (page) => expect(page.locator('#rows tr').first()).toBeVisible()],
  ['ops/?group=1&sort=-latency', 'Overview', (page) => expect(page.locator('.groupline, #rows tr').first()).toBeVisible()],
  ['ops/incidents', 'Incidents', (page) => expect(page.getByRole('table')).toBeVisible()],
  ['ops/incidents/new', 'Open an incident', async () => {}],
  ['ops/maintenance?plan=1', 'Maintenance', (page) => expect(page.getByRole('heading', { name: 'Upcoming' })).toBeVisible()],
  ['ops/alerts', 'Alerts', (page) => expect(page.locator('table, .empty').first()).toBeVisible()],
  ['ops/settings', 'Settings', (page) => expect(page.getByRole('heading', { name: 'Tokens' })).toBeVisible()],
  ['ops/nowhere', 'There is no such page', async () => {}],
];

async function incidentOf(monitor: Monitor, page: Page) {
  let id = '';
  await expect.poll(async () => {
    const { incidents } = (await (await page.request.get(`${monitor.url}api/v1/incidents`)).json()) as { incidents: { id: string }[] };
    return (id = incidents.at(-1)?.id ?? '');
  }).not.toBe('');
  return id;
}

for (const scheme of ['light', 'dark'] as const) {
  for (const [path, heading, there] of scheme === 'light' ? views : views.filter(([path]) => !/group|nowhere/.test(path))) {
    test(`${path}, ${scheme}`, async ({ page, monitor }) => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await incidentOf(monitor, page);
      await page.goto(monitor.url + path);
      await expect(page.locator('h1')).toHaveText(heading);
      await there(page);
      await page.setViewportSize({ width: 1280, height: 900 });
      await expectClean(page);
      await page.setViewportSize({ width: 320, height: 900 });
      if (scheme === 'light') await expectClean(page);
      else await expectNoOverflow(page);
    });
  }

  test(`an incident and a service, ${scheme}`, async ({ page, monitor }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    const id = await incidentOf(monitor, page);
    await page.goto(`${monitor.url}ops/incidents/${id}`);
    await expect(page.getByRole('heading', { name: 'Timeline' })).toBeVisible();
    await expectClean(page);
    await page.setViewportSize({ width: 320, height: 900 });
    await expectClean(page);
    await page.goto(`${monitor.url}ops/services/search`);
    await expect(page.getByRole('heading', { name: 'Latency' })).toBeVisible();
    await expect(page.locator('canvas').first()).toBeVisible();
    await expectClean(page);
    await page.setViewportSize({ width: 1280, height: 900 });
    await expectClean(page);
  });
}

test('forced colours, text at 200 %', async ({ page, monitor }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await openOverview(page, monitor);
  await expectClean(page);
  await page.emulateMedia({ forcedColors: 'none' });
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  await expectClean(page);
});

test('no link leads nowhere', async ({ page, monitor }) => {
  await openOverview(page, monitor);
  const seen = new Set<string>();
  for (const path of ['ops/', 'ops/incidents', 'ops/maintenance', 'ops/alerts', 'ops/services/search', 'ops/settings']) {
    await page.goto(monitor.url + path);
    await expect(page.locator('h1')).toBeVisible();
    for (const link of await page.locator('a').all()) seen.add(new URL((await link.getAttribute('href'))!, monitor.url).pathname);
  }
  for (const path of [...seen].filter((one) => one.startsWith('/ops/')).slice(0, 25)) {
    await page.goto(new URL(path, monitor.url).href);
    await expect(page.locator('h1')).toBeVisible();
    await expect(page.locator('h1')).not.toHaveText('There is no such page');
    await expect(page.locator('.failure')).toHaveCount(0);
  }
});

test('a chart is read by keys and as a table', async ({ page, monitor }) => {
  await page.goto(`${monitor.url}ops/services/search?range=1h`);
  const chart = page.getByRole('application').first();
  await expect(chart).toHaveAttribute('aria-label', /Latency of .*1 hour/);
  await chart.focus();
  await page.keyboard.press('End');
  await expect(page.locator('.chart [aria-live]').first()).toHaveText(/p50 \d.* ms, p95|no data/);
  const newest = await page.locator('.chart [aria-live]').first().textContent();
  await page.keyboard.press('ArrowLeft');
  await expect(page.locator('.chart [aria-live]').first()).not.toHaveText(newest!);
  await page.getByText('As a table').first().click();
  await expect(page.locator('.chart tbody tr').first()).toBeVisible();
});

test('a viewer is offered nothing that would be refused', async ({ page, monitor }) => {
  const real = await (await page.request.get(`${monitor.url}api/v1/session`)).json();
  await page.route('**/api/v1/session', (route) => route.fulfill({ json: { ...real, role: 'viewer', user: 'vic', demo: false } }));
  await openOverview(page, monitor);
  await expect(page.locator('.attend').first()).toContainText(/Not acknowledged|Acknowledged by/);
  await expect(page.getByRole('button', { name: /^Acknowledge/ })).toHaveCount(0);
  await page.getByLabel('Select Website').check();
  await expect(page.getByRole('button', { name: 'Check now' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Website' }).click();
  await expect(page.locator('h1')).toHaveText('Website');
  await expect(page.getByRole('button', { name: 'Check now' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Maintenance' }).click();
  await expect(page.getByRole('button', { name: 'Plan maintenance' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByText('Viewer: reads')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Tokens' })).toHaveCount(0);
});
