// A static host for a sample site, with a clock of its own and the faults that hosts have.
import { createServer, type Server, type ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { join, extname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { test as base, expect, type Page } from '@playwright/test';
import { sampleNow, samples } from './sample';

export { expect, sampleNow };

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json', '.svg': 'image/svg+xml', '.atom': 'application/atom+xml', '.rss': 'application/rss+xml',
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; " +
  "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html";

export class Site {
  world = 'usual';
  now = sampleNow; // what its Date header says
  held = 0; // s that a cache has kept the answer: the Age header
  // By path: instead of the file.
  faults = new Map<string, (answer: ServerResponse) => void>();
  asked: string[] = [];
  sent = 0; // bytes of bodies
  private inFaults = 0; // requests that a fault has in its hands
  private server: Server;
  url = '';

  constructor() {
    this.server = createServer((request, answer) => {
      const path = new URL(request.url!, 'http://x').pathname.replace(/\/$/, '/index.html');
      this.asked.push(path);
      const fault = this.faults.get(path);
      if (fault) {
        ++this.inFaults;
        answer.on('close', () => --this.inFaults);
        return fault(answer);
      }
      let body: Buffer;
      try {
        body = readFileSync(join(samples, this.world, path));
      } catch {
        return void answer.writeHead(404).end();
      }
      const tag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
      const headers: Record<string, string> = {
        'Content-Type': types[extname(path)] ?? 'application/octet-stream', 'Content-Security-Policy': policy, ETag: tag,
        Date: new Date(this.now).toUTCString(), Age: String(this.held), 'Cache-Control': path.startsWith('/a/') ? 'max-age=31536000, immutable' : 'no-cache',
      };
      if (request.headers['if-none-match'] === tag) return void answer.writeHead(304, headers).end();
      const packed = gzipSync(body);
      this.sent += packed.length;
      answer.writeHead(200, { ...headers, 'Content-Encoding': 'gzip' }).end(packed);
    });
    this.server.keepAliveTimeout = 1;
  }
  async open() {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }
  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
  // The host's clock and the reader's go on together, and only here: what the page asked for meanwhile has its answer (unless a
  // fault keeps it), however slow this machine is.
  async pass(page: Page, seconds: number) {
    for (let left = seconds * 1000; left > 0; left -= 1000) {
      const step = Math.min(left, 1000);
      this.now += step;
      await page.clock.runFor(step);
      while ((await page.evaluate(() => (window as unknown as { flying: number }).flying)) > this.inFaults);
    }
  }
}

export const test = base.extend<{ site: Site; violations: string[] }>({
  site: async ({}, use) => {
    const site = new Site();
    await site.open();
    await use(site);
    site.close();
  },
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

// A reader whose clock says `time` and stands still but for Site.pass.
export async function stopClock(page: Page, time: number) {
  await page.clock.install({ time: time - 60_000 });
  await page.clock.pauseAt(time);
  await page.addInitScript(() => {
    const counted = window as unknown as { flying: number };
    counted.flying = 0;
    const count = <Arguments extends unknown[], Result>(call: (...args: Arguments) => Promise<Result>) =>
      async function (this: unknown, ...args: Arguments) {
        ++counted.flying;
        try {
          return await call.apply(this, args);
        } finally {
          --counted.flying;
        }
      };
    window.fetch = count(window.fetch);
    Response.prototype.json = count(Response.prototype.json);
    Response.prototype.text = count(Response.prototype.text);
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (body) {
      ++counted.flying;
      this.addEventListener('loadend', () => --counted.flying);
      send.call(this, body);
    };
    AbortSignal.timeout = (milliseconds) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(new DOMException('timed out', 'TimeoutError')), milliseconds);
      return controller.signal;
    };
  });
}

// Opens a page of the site when the samples were rendered.
export async function visit(page: Page, site: Site, world = site.world, path = '') {
  site.world = world;
  await stopClock(page, site.now);
  await page.goto(site.url + path);
}
