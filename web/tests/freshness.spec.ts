// What a reader sees when the data gets old, the host fails, and everything comes back.
import type { Page } from '@playwright/test';
import { expect, stopClock, test, visit, type Site } from './site';

const banner = (page: Page) => page.locator('#banner');
const expectGrey = async (page: Page, words: RegExp) => {
  await expect(page.locator('html')).toHaveClass(/stale/);
  await expect(page.locator('h1')).toHaveText(words);
  const colour = await banner(page).evaluate((e) => getComputedStyle(e).backgroundColor);
  expect(colour).toBe('rgb(238, 240, 244)');
  for (const state of await page.locator('.st').all()) await expect(state).toContainText('Last known: ');
};
const expectGreen = async (page: Page) => {
  await expect(page.locator('html')).not.toHaveClass(/stale/);
  await expect(page.locator('h1')).toHaveText('All systems operational');
};
const answersWith = (site: Site, path: string, status: number, body = '') =>
  site.faults.set(path, (answer) => {
    answer.writeHead(status, { 'Content-Type': 'application/json', Date: new Date(site.now).toUTCString() }).end(body);
  });

test('the age is told by the second', async ({ page, site }) => {
  await visit(page, site, 'operational');
  await expect(page.locator('#age')).toHaveText('Data 0 s old (09:00:12 UTC)');
  await site.pass(page, 5);
  await expect(page.locator('#age')).toHaveText('Data 5 s old (09:00:12 UTC)');
  await expect(page.locator('.ck').first()).toHaveText('Checked 9 s ago');
});

test('a publisher that froze: late at two intervals, grey at ten minutes, never green, and back', async ({ page, site }) => {
  await visit(page, site, 'operational');
  await site.pass(page, 59);
  await expect(page.locator('html')).not.toHaveClass(/late/);
  await site.pass(page, 3);
  await expect(page.locator('html')).toHaveClass(/late/);
  await site.pass(page, 530);
  await expectGreen(page);
  await site.pass(page, 12);
  await expectGrey(page, /^Last known 10 min ago: All systems operational$/);
  await site.pass(page, 180);
  await expectGrey(page, /^Last known 13 min ago: All systems operational$/);
  expect(await page.title()).toMatch(/^Last known 13 min ago/);

  site.world = 'usual-later'; // another page altogether, and fresh
  site.faults.set('/status.json', (answer) => {
    const status = { seq: 4800, updated_at: new Date(site.now).toISOString(), services: [] };
    answer.writeHead(200, { Date: new Date(site.now).toUTCString() }).end(JSON.stringify(status));
  });
  site.faults.set('/index.html', (answer) => {
    const html = readFresh(site, 'usual-later');
    answer.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', Date: new Date(site.now).toUTCString() }).end(html);
  });
  await site.pass(page, 31);
  await expect(page.locator('html')).not.toHaveClass(/stale/);
  await expect(page.locator('h1')).toHaveText('Partial outage');
  await expect(page.locator('.st').first()).not.toContainText('Last known');
});

// A page that was rendered just now by the site's clock.
import { readFileSync } from 'node:fs';
import { samples } from './sample';
function readFresh(site: Site, world: string) {
  return readFileSync(`${samples}/${world}/index.html`, 'utf8')
    .replace(/data-seq="\d+"/, 'data-seq="4801"')
    .replace(/data-at="[^"]+"/, `data-at="${new Date(site.now).toISOString()}"`);
}

test('an old page is grey from the first paint', async ({ page, site }) => {
  site.now += 3_600_000;
  site.faults.set('/status.json', () => {}); // never answers: nothing helps but the reader's own clock
  await visit(page, site, 'operational');
  await expectGrey(page, /^Last known 1 h ago: All systems operational$/);
});

test("a reader's wrong clock does not make fresh data old for long", async ({ page, site }) => {
  site.world = 'operational';
  await stopClock(page, site.now + 86_400_000);
  await page.goto(site.url);
  await site.pass(page, 1);
  await expectGreen(page);
  await expect(page.locator('#age')).toHaveText(/^Data \d s old/);
});

test("a reader's clock that is behind does not make old data fresh for long", async ({ page, site }) => {
  site.world = 'operational';
  await stopClock(page, site.now);
  site.now += 3_600_000;
  await page.goto(site.url);
  await site.pass(page, 11);
  await expectGrey(page, /^Last known 1 h ago/);
});

test('what a cache held is as old as it says', async ({ page, site }) => {
  await visit(page, site, 'operational');
  site.held = 700; // s
  await site.pass(page, 11);
  await expectGrey(page, /^Last known 11 min ago/);
});

for (const [fault, break_] of Object.entries({
  'a 500': (site: Site) => answersWith(site, '/status.json', 500, '{"seq":9999}'),
  'half a JSON': (site: Site) => answersWith(site, '/status.json', 200, '{"seq":4712,"updated_at":"2026-11-2'),
  'no answer': (site: Site) => site.faults.set('/status.json', () => {}),
  'a cut connection': (site: Site) => site.faults.set('/status.json', (answer) => answer.socket!.destroy()),
  'an older page': (site: Site) =>
    answersWith(site, '/status.json', 200, '{"seq":1,"updated_at":"2020-01-01T00:00:00Z","services":[]}'),
})) {
  test(`${fault} keeps the data and tells its age`, async ({ page, site }) => {
    await visit(page, site, 'usual');
    break_(site);
    await site.pass(page, 45);
    await expect(page.locator('h1')).toHaveText('Partial outage');
    await expect(page.locator('#age')).toHaveText(/^Data 4\d s old/);
    await expect(page.locator('.svc')).toHaveCount(20);
    // It asks less and less often.
    site.asked = [];
    await site.pass(page, 240);
    const asked = site.asked.filter((path) => path === '/status.json').length;
    if (fault !== 'an older page') expect(asked).toBeLessThanOrEqual(4);
    expect(asked).toBeGreaterThanOrEqual(1);
    site.faults.clear();
    site.world = 'usual-later';
    await site.pass(page, 330);
    await expect(page.locator('#s-service-2 .st')).toContainText('Operational');
  });
}

test('a page in the background asks as soon as it is seen again', async ({ page, site }) => {
  await visit(page, site, 'usual');
  site.asked = [];
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect.poll(() => site.asked).toContain('/status.json');
});
