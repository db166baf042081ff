// A newer page comes in without losing the reader's place.
import { expect, test, visit } from './site';

test('what changed is replaced, and only told once', async ({ page, site }) => {
  await visit(page, site, 'usual');
  await site.pass(page, 11); // the first poll: nothing new
  await expect(page.locator('#live')).toBeEmpty();
  const kept = await page.locator('#s-service-5').elementHandle();
  site.world = 'usual-later';
  await site.pass(page, 31);
  await expect(page.locator('#s-service-2 .st')).toHaveText('Operational');
  await expect(page.locator('#s-service-7 .st')).toContainText('Down for');
  await expect(page.locator('#open')).toContainText('Service 7 is down');
  await expect(page.locator('#open')).not.toContainText('Service 2 is down');
  await expect(page.locator('#recent')).toContainText('Service 2 was down');
  // The same element, not a copy of it.
  expect(await kept!.evaluate((element) => element.isConnected)).toBe(true);
  // A group that got worse is open now.
  await expect(page.locator('.group').nth(1)).toHaveAttribute('open', '');
});

test('what a reader opened stays open, what has the focus keeps it', async ({ page, site }) => {
  await visit(page, site, 'usual');
  const group = page.locator('.group').nth(2);
  await group.locator('> summary').click();
  const events = group.locator('.events > summary').first();
  await events.click();
  await events.focus();
  site.world = 'usual-later';
  await site.pass(page, 45);
  await expect(page.locator('#s-service-7 .st')).toContainText('Down for');
  await expect(group).toHaveAttribute('open', '');
  await expect(group.locator('.events').first()).toHaveAttribute('open', '');
  await expect(events).toBeFocused();
});

test('nothing moves under the pointer while it moves', async ({ page, site }) => {
  await visit(page, site, 'usual');
  site.world = 'usual-later';
  await page.locator('#s-service-0').scrollIntoViewIfNeeded();
  const box = (await page.locator('#s-service-0').boundingBox())!;
  await site.pass(page, 9);
  await page.mouse.move(box.x + 20, box.y + 20);
  await site.pass(page, 1.5);
  await expect.poll(() => site.asked).toContain('/status.json');
  await page.mouse.move(box.x + 30, box.y + 20);
  expect(site.asked.filter((path) => path === '/index.html').length).toBe(1);
  await site.pass(page, 10);
  await expect(page.locator('#s-service-7 .st')).toContainText('Down for');
});

test('the theme is chosen, kept, and there before the first paint', async ({ page, site }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await visit(page, site, 'usual');
  const button = page.getByRole('button', { name: /Theme/ });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await expect(button).toHaveText('Theme: system');
  await button.click();
  await expect(button).toHaveText('Theme: light');
  await button.click();
  await expect(button).toHaveText('Theme: dark');
  expect(await ground()).toBe('rgb(15, 19, 24)');
  await page.reload();
  expect(await ground()).toBe('rgb(15, 19, 24)');
  await page.goto(site.url + 'history.html');
  expect(await ground()).toBe('rgb(15, 19, 24)');
  await page.getByRole('button', { name: /Theme/ }).click();
  expect(await ground()).toBe('rgb(247, 248, 250)');
});

test('the days are walked by keys and by pointer', async ({ page, site }) => {
  await visit(page, site, 'usual');
  const bars = page.locator('#s-service-2 .bars');
  await bars.focus();
  await expect(bars).toHaveRole('slider');
  await expect(bars).toHaveAttribute('aria-valuetext', '20 Nov 2026: no incident');
  await page.keyboard.press('ArrowLeft');
  await expect(bars).toHaveAttribute('aria-valuetext', '19 Nov 2026: no incident');
  const day = await page.locator('#s-service-2 [data-i]').first().getAttribute('data-i');
  for (let i = 88; i > +day!; --i) await page.keyboard.press('ArrowLeft');
  await expect(bars).toHaveAttribute('aria-valuetext', /: (short outage, )?down \d+ min, 9\d\.\d\d%$/);
  await page.keyboard.press('Escape');
  await expect(bars).not.toBeFocused();
  const box = (await bars.boundingBox())!;
  await page.mouse.move(box.x + 1, box.y + 5);
  await expect(bars).toHaveAttribute('aria-valuetext', /^23 Aug 2026: /);
});

test('times have their own beside UTC', async ({ page, site }) => {
  await visit(page, site, 'usual');
  await expect(page.locator('#open time').first()).toHaveText('20 Nov 2026, 08:42 UTC (Fri 09:42 your time)');
  await expect(page.locator('#maintenance time').first()).toHaveText('21 Nov 2026, 02:00 UTC (Sat 03:00 your time)');
});

test('the whole page by keyboard: skip link, groups, events, links', async ({ page, site }) => {
  await visit(page, site, 'usual');
  await page.keyboard.press('Tab');
  await expect(page.getByText('Skip to services')).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.locator('.group > summary').first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('.group').first()).not.toHaveAttribute('open');
});
