// Ten thousand services under the budget: elements, a filter, a live update. The program's own shell and script, an overview made here.
import type { Page } from '@playwright/test';
import { expect, test } from './monitor';

const size = 10_000;
const range = Array.from({ length: size }, (_, at) => at);
const overview = {
  seq: 1, at: new Date().toISOString(), page: { name: 'Scale' }, incidents: [],
  services: {
    id: range.map((at) => `service-${at}`), name: range.map((at) => `Service ${at} of the ${['north', 'south', 'east'][at % 3]}`),
    group: range.map((at) => `Group ${at % 40}`), visibility: range.map(() => 'public'), state: range.map((at) => (at % 100 ? 'up' : 'degraded')),
    reason: range.map(() => 'ok'), since: range.map((at) => 1_700_000_000 + at), checked_at: range.map((at) => 1_790_000_000 + at),
    latency_ms: range.map((at) => (at * 7.3) % 900), uptime_24h: range.map(() => 0.9999), incident: range.map(() => null),
    acknowledged: range.map(() => false), muted_until: range.map(() => null),
  },
};

const middle = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];

async function open(page: Page, url: string) {
  // A stream whose events are dispatched here.
  await page.addInitScript(() => {
    class Stream extends EventTarget {
      static OPEN = 1;
      static CLOSED = 2;
      readyState = 1;
      close() {}
      constructor() {
        super();
        (window as unknown as { stream: Stream }).stream = this;
      }
    }
    (window as unknown as { EventSource: unknown }).EventSource = Stream;
  });
  await page.route('**/api/v1/overview', (route) => route.fulfill({ json: overview }));
  await page.goto(`${url}ops/`);
  await expect(page.locator('#rows tr').first()).toBeVisible();
}

const elements = (page: Page) => page.evaluate(() => document.querySelectorAll('*').length);

test('10,000 services: elements, filter, live update', async ({ page, monitor }) => {
  await open(page, monitor.url);
  await expect(page.locator('#table')).toHaveAttribute('aria-rowcount', String(size + 1));
  const atFirst = await elements(page);
  await page.mouse.wheel(0, 100_000);
  await expect(page.locator('[aria-rowindex="2510"]')).toBeVisible();
  const scrolled = await elements(page);
  await page.evaluate(() => scrollTo(0, 0));

  const filter: number[] = [];
  for (const words of ['n', 'no', 'north', 'north 77', '', 'group 12', 'zzz', '', 'service 9', ''])
    filter.push(await page.evaluate(async (text) => {
      const input = document.querySelector<HTMLInputElement>('#search')!;
      const begun = performance.now();
      input.value = text;
      input.dispatchEvent(new Event('input', { bubbles: true }));
      await Promise.resolve();
      await Promise.resolve();
      document.body.getBoundingClientRect(); // layout, too
      return performance.now() - begun;
    }, words));
  const update: number[] = [];
  for (let at = 0; at < 15; ++at)
    update.push(await page.evaluate(async (turn) => {
      const services = Array.from({ length: 300 }, (_, i) => ({ id: `service-${(i * 31 + turn) % 10_000}`, latency_ms: i + turn, checked_at: 1_790_000_000 + turn, ...(i % 30 ? {} : { state: turn % 2 ? 'down' : 'up' }) }));
      const data = JSON.stringify({ seq: 10 + turn, at: new Date().toISOString(), services, incidents: [], closed: [] });
      const begun = performance.now();
      (window as unknown as { stream: EventTarget }).stream.dispatchEvent(new MessageEvent('change', { data }));
      await Promise.resolve();
      await Promise.resolve();
      document.body.getBoundingClientRect();
      return performance.now() - begun;
    }, at));
  await expect(page.locator('.count', { hasText: 'Down' })).not.toContainText(/^0/);
  console.log(`10,000 services: ${atFirst} and ${scrolled} elements, filter ${middle(filter).toFixed(1)} ms, update ${middle(update).toFixed(1)} ms`);
  expect(Math.max(atFirst, scrolled)).toBeLessThan(1000);
  expect(middle(filter)).toBeLessThanOrEqual(50);
  expect(middle(update)).toBeLessThanOrEqual(16);
});
