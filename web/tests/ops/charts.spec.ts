// A chart draws what was measured and nothing else: a gap stays a gap, one point is a point, no data is said.
import type { Page } from '@playwright/test';
import { expect, test, type Monitor } from './monitor';

type Values = (number | null)[];

async function open(page: Page, monitor: Monitor, p50: Values) {
  const from = Math.floor(Date.now() / 60_000) * 60 - 59 * 60;
  const times = p50.map((_, at) => from + at * 60);
  const counts = p50.map((value) => (value === null ? null : 4));
  await page.route('**/series*', (route) => route.fulfill({ json: {
    service: 'website', range: '1h', step_s: 60, checks: [{
      check: 'website', location: 'local', threshold_ms: null, t: times, count: counts, failed: counts.map((one) => one && 0),
      p50_ms: p50, p95_ms: p50.map(() => null), p99_ms: p50.map(() => null), phases_ms: null,
    }],
  } }));
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(`${monitor.url}ops/services/website?range=1h`);
}

// How many pixels of the median's colour stand in the column of step `at` of 60.
const drawnAt = (page: Page, at: number) =>
  page.evaluate((step) => {
    const canvas = document.querySelector<HTMLCanvasElement>('.plot canvas')!;
    const over = document.querySelector<HTMLElement>('.u-over')!;
    const x = Math.round((over.offsetLeft + (over.clientWidth * step) / 59) * devicePixelRatio);
    const { data } = canvas.getContext('2d')!.getImageData(x, 0, 1, canvas.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 128 && data[i + 2] > 150 && data[i] < 80) ++found;
    return found;
  }, at);

test('a gap stays a gap', async ({ page, monitor }) => {
  await open(page, monitor, Array.from({ length: 60 }, (_, at) => (at >= 20 && at <= 40 ? null : 100 + at)));
  await expect(page.locator('.plot canvas')).toBeVisible();
  expect(await drawnAt(page, 10)).toBeGreaterThan(0);
  expect(await drawnAt(page, 30)).toBe(0);
  expect(await drawnAt(page, 50)).toBeGreaterThan(0);
  await page.getByRole('application').focus();
  await page.keyboard.press('Home');
  for (let step = 0; step < 3; ++step) await page.keyboard.press('PageDown');
  await expect(page.locator('.chart [aria-live]')).toHaveText(/: no data$/);
});

test('one point is seen', async ({ page, monitor }) => {
  await open(page, monitor, Array.from({ length: 60 }, (_, at) => (at === 30 ? 100 : null)));
  await expect(page.locator('.plot canvas')).toBeVisible();
  expect(await drawnAt(page, 30)).toBeGreaterThan(0);
  expect(await drawnAt(page, 20)).toBe(0);
  await expect(page.locator('.legend').first()).toContainText('p50 100 ms');
});

test('nothing measured is said, not drawn', async ({ page, monitor }) => {
  await open(page, monitor, Array.from({ length: 60 }, () => null));
  await expect(page.locator('.charts')).toContainText('Nothing was measured in this range.');
  await expect(page.locator('canvas')).toHaveCount(0);
});
