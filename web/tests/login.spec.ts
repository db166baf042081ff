// The operators' login of the real program: by keyboard alone, without JavaScript, in both schemes, and what it says.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';

const program = process.env.ALLCLEAR_BINARY ?? join(dirname(fileURLToPath(import.meta.url)), '../../build/ci/allclear');
const password = 'correct horse battery';
let folder = '';
let serve: ChildProcess;
let address = '';

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'allclear-login-'));
  writeFileSync(join(folder, 'allclear.yaml'), 'page: {name: Example Cloud}\nservices: []\n');
  serve = spawn(program, ['serve', '--config', join(folder, 'allclear.yaml'), '--data', join(folder, 'data'), '--listen', '127.0.0.1:0']);
  address = await new Promise((found) =>
    serve.stdout!.on('data', (text) => found(/http:\S+/.exec(String(text))?.[0] ?? '')));
});

test.afterAll(async () => {
  const ended = new Promise((done) => serve.once('exit', done));
  serve.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

const makeUser = () =>
  execFileSync(program, ['user', 'create', 'ada', '--role', 'admin', '--data', join(folder, 'data')], { input: `${password}\n` });

async function expectClean(page: Page) {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 });
      const found = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze();
      expect(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ').slice(0, 300)}`)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      if (process.env.ALLCLEAR_PICTURES)
        await page.screenshot({ path: join(process.env.ALLCLEAR_PICTURES, `${test.info().title.slice(0, 12)}-${scheme}-${width}.png`) });
    }
  }
}

function violationsOf(page: Page) {
  const told: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('401')) told.push(message.text());
  });
  return told;
}

test('first of all it says how to make a user', async ({ page }) => {
  const told = violationsOf(page);
  await page.goto(`${address}ops/`);
  await expect(page).toHaveURL(/\/ops\/login\?next=/);
  await expect(page.locator('pre')).toHaveText('allclear user create NAME --role admin');
  await expectClean(page);
  expect(told).toEqual([]);
});

test('wrong, then right, by keyboard', async ({ page }) => {
  makeUser();
  const told = violationsOf(page);
  await page.goto(`${address}ops/incidents`);
  await expect(page.getByLabel('User')).toBeFocused();
  await page.keyboard.type('ada');
  await page.keyboard.press('Tab');
  await page.keyboard.type('not the password');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toHaveText('User or password is wrong.');
  await expect(page.getByLabel('User')).toHaveValue('ada');
  await expect(page.getByLabel('Password')).toBeFocused();
  await expectClean(page);
  await page.keyboard.type(password);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Log in' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${address}ops/incidents`);
  expect(told).toEqual([]);
});

test('without JavaScript', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${address}ops/`);
  await page.getByLabel('User').fill('ada');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page).toHaveURL(`${address}ops/`);
  expect((await context.cookies()).map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual([
    { name: 'allclear', httpOnly: true, sameSite: 'Lax' },
  ]);
  await context.close();
});
