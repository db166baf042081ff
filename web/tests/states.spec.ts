// Every state of the page: no axe violation, no horizontal scroll, in both schemes, at three widths, without JavaScript, with
// forced colours, with text at 200 %; and what each state says.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test, visit } from './site';

const worlds = ['operational', 'degraded', 'usual', 'down', 'maintenance', 'unknown', 'empty', 'stale', 'hostile', 'usual-de', 'usual-fr'];

async function expectClean(page: Page) {
  await page.clock.resume(); // axe waits by timers
  const found = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ').slice(0, 300)}`)).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow).toBeLessThanOrEqual(0);
}

for (const world of worlds) {
  for (const scheme of ['light', 'dark'] as const) {
    test(`${world}, ${scheme}`, async ({ page, site }) => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await visit(page, site, world);
      for (const width of [1280, 768, 320]) {
        await page.setViewportSize({ width, height: 900 });
        await expectClean(page);
      }
    });
  }
}

for (const path of ['history.html', 'incident']) {
  for (const scheme of ['light', 'dark'] as const) {
    test(`${path}, ${scheme}`, async ({ page, site }) => {
      await page.emulateMedia({ colorScheme: scheme });
      await visit(page, site, 'usual');
      const href = path === 'incident' ? await page.locator('#open h3 a').first().getAttribute('href') : path;
      await page.goto(site.url + href);
      for (const width of [1280, 320]) {
        await page.setViewportSize({ width, height: 900 });
        await expectClean(page);
      }
    });
  }
}

test('forced colours', async ({ page, site }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await visit(page, site, 'usual');
  await expectClean(page);
  await expect(page.locator('#banner .i')).toBeVisible();
});

test('text at 200 %', async ({ page, site }) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await visit(page, site, 'usual');
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  await expectClean(page);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });
  test('the page is whole and says when it was written', async ({ page, site }) => {
    site.world = 'usual';
    await page.goto(site.url);
    await expect(page.locator('h1')).toHaveText('Partial outage');
    await expect(page.locator('#banner')).toContainText('1 down, 1 degraded, 18 operational. Data as of 20 Nov 2026, 09:00:12 UTC');
    await expect(page.locator('footer')).toContainText('over 10 minutes old? Treat it as out of date');
    await expect(page.locator('#theme')).toBeHidden();
    await expect(page.locator('.group').nth(1)).not.toHaveAttribute('open');
    await page.locator('.group > summary').nth(1).click();
    await expect(page.locator('.group').nth(1).locator('.svc').first()).toBeVisible();
  });
});

for (const [world, kilobytes] of [['usual', 15], ['hundred', 30], ['thousand', 150]] as const) {
  test(`the requests and the weight of a first visit: ${world}`, async ({ page, site }) => {
    await visit(page, site, world);
    await page.waitForLoadState('networkidle');
    expect(site.asked.length).toBeLessThanOrEqual(3);
    expect(site.sent).toBeLessThanOrEqual(kilobytes * 1024);
    console.log(`${world}: ${(site.sent / 1024).toFixed(1)} KB in ${site.asked.length} requests`);
  });
}
