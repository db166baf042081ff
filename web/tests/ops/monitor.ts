// The program itself in a browser: `allclear demo` on a free port, which asks for no login on loopback.
import { spawn, type ChildProcess } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';

export { expect };

const program = process.env.ALLCLEAR_BINARY ?? join(dirname(fileURLToPath(import.meta.url)), '../../../build/ci/allclear');

export class Monitor {
  url = '';
  private process: ChildProcess | undefined;

  async start(listen = '127.0.0.1:0') {
    const child = spawn(program, ['demo', '--listen', listen, '--log-level', 'error'], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.process = child;
    let said = '';
    this.url = await new Promise<string>((found, failed) => {
      child.on('exit', (code) => failed(new Error(`the demo ended with ${code}: ${said}`)));
      child.stdout!.on('data', (text) => {
        said += text;
        const address = /Status page\s+(http\S+\/)/.exec(said);
        if (address) found(address[1]);
      });
    });
    child.removeAllListeners('exit');
  }
  async stop() {
    const child = this.process;
    if (!child || child.exitCode !== null) return;
    await new Promise((done) => {
      child.on('exit', done);
      child.kill('SIGTERM');
    });
  }
  get address() {
    return new URL(this.url).host;
  }
  // Somebody else opens an incident.
  async open(title: string): Promise<{ id: string; title: string }> {
    const session = await fetch(`${this.url}api/v1/session`);
    const { csrf } = (await session.json()) as { csrf: string };
    const answer = await fetch(`${this.url}api/v1/incidents`, {
      method: 'POST', headers: { 'X-CSRF-Token': csrf, Origin: new URL(this.url).origin, 'Content-Type': 'application/json' },
      body: JSON.stringify({ title: `${title} ${Date.now()}`, services: ['search'] }),
    });
    expect(answer.status).toBe(201);
    return (await answer.json()) as { id: string; title: string };
  }
}

export const test = base.extend<{ violations: string[] }, { monitor: Monitor }>({
  monitor: [
    async ({}, use) => {
      const monitor = new Monitor();
      await monitor.start();
      await use(monitor);
      await monitor.stop();
    },
    { scope: 'worker' },
  ],
  // Every test fails when the page broke its policy or threw.
  violations: [
    async ({ page }, use) => {
      const found: string[] = [];
      page.on('pageerror', (error) => found.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) found.push(message.text());
      });
      await use(found);
      expect(found).toEqual([]);
    },
    { auto: true },
  ],
});

export async function expectClean(page: Page) {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
  await expectNoOverflow(page);
}

export async function expectNoOverflow(page: Page) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow).toBeLessThanOrEqual(0);
}

export async function openOverview(page: Page, monitor: Monitor, query = '') {
  await page.goto(`${monitor.url}ops/${query}`);
  await expect(page.locator('#rows tr').first()).toBeVisible();
}
