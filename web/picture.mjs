// picture.mjs FOLDER OUT.png: a picture of the sample page "showcase" that sample_site wrote into FOLDER.
import { chromium } from 'playwright';
import { pathToFileURL } from 'node:url';
import { join, resolve } from 'node:path';

const [folder, out] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const context = await browser.newContext({ viewport: { width: 960, height: 1180 }, locale: 'en-GB', timezoneId: 'UTC', colorScheme: 'light' });
const page = await context.newPage();
await page.clock.install({ time: Date.parse('2026-11-20T09:00:20Z') });
await page.goto(pathToFileURL(join(resolve(folder), 'showcase/index.html')).href);
await page.clock.runFor(1000);
await page.screenshot({ path: out });
await browser.close();
