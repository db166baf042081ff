// What changes is there within a second or two; what is cut off says so and is never green.
import { expect, Monitor, openOverview, test } from './monitor';

test('a change arrives by itself', async ({ page, monitor }) => {
  await openOverview(page, monitor);
  await expect(page.locator('.fresh')).toHaveText('Live');
  const { title } = await monitor.open('By itself');
  await expect(page.locator('.attends')).toContainText(title);
});

test('cut off: the age is told, nothing is green, and it comes back', async ({ page }) => {
  const monitor = new Monitor();
  await monitor.start();
  try {
    await page.clock.install();
    await openOverview(page, monitor);
    await expect(page.locator('#rows .st.up').first()).toBeVisible();
    const address = monitor.address;
    await monitor.stop();
    await page.clock.runFor(4_000);
    await expect(page.locator('.notice')).toContainText(/Reconnecting, data \d+ s old/);
    await page.clock.runFor(20_000);
    await expect(page.locator('.st.up, .count.up, .fresh.up')).toHaveCount(0);
    await expect(page.locator('#rows .st').first()).toContainText('Was ');
    await monitor.start(address);
    await page.getByRole('button', { name: 'Try now' }).click();
    await expect(page.locator('.notice')).toHaveCount(0);
    await expect(page.locator('.fresh')).toHaveText('Live');
    await expect(page.locator('#rows .st').first()).not.toContainText('Was ');
  } finally {
    await monitor.stop();
  }
});

test('a panel that failed says why and tries again', async ({ page, monitor }) => {
  let fails = true;
  await page.route('**/api/v1/alerts*', (route) =>
    fails ? route.fulfill({ status: 503, headers: { 'X-Request-Id': 'r-17' }, contentType: 'application/problem+json', body: '{"detail":"the store is busy"}' }) : route.continue());
  await page.goto(`${monitor.url}ops/alerts`);
  await expect(page.locator('.failure')).toContainText('The store is busy.');
  await expect(page.locator('.failure')).toContainText('r-17');
  fails = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.locator('.failure')).toHaveCount(0);
});

test('a slow answer shows a skeleton after 300 ms, not before', async ({ page, monitor }) => {
  let let_go = () => {};
  const held = new Promise<void>((done) => (let_go = done));
  await page.route('**/api/v1/incidents*', async (route) => {
    await held;
    await route.continue();
  });
  await page.clock.install();
  await page.goto(`${monitor.url}ops/incidents`);
  await page.clock.pauseAt(new Date(Date.now() + 1_000));
  await page.getByRole('link', { name: 'Alerts' }).click();
  await page.getByRole('link', { name: /^Incidents/ }).click();
  await expect(page.locator('.tabs')).toBeVisible();
  await expect(page.locator('.skeleton')).toHaveCount(0);
  await page.clock.runFor(350);
  await expect(page.locator('.skeleton')).toBeVisible();
  let_go();
  await page.clock.resume();
  await expect(page.locator('.skeleton')).toHaveCount(0);
});
