// host.mjs FOLDER: a static host of FOLDER on a free port of loopback, with gzip and the policy that `serve` sends. Prints its address.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';

const types = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json', '.svg': 'image/svg+xml' };
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; " +
  "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html";
const now = Date.now();
const server = createServer((request, answer) => {
  let body;
  const path = normalize(new URL(request.url, 'http://x').pathname);
  try {
    body = readFileSync(join(process.argv[2], path));
  } catch {
    return void answer.writeHead(404).end();
  }
  // As if rendered just now.
  if (/index\.html$|status\.json$/.test(path)) {
    body = Buffer.from(body.toString().replaceAll('2026-11-20T09:00:12Z', new Date(now).toISOString().replace(/\.\d+/, '')));
  }
  answer.writeHead(200, {
    'Content-Type': types[extname(path)] ?? 'application/octet-stream', 'Content-Security-Policy': policy, 'Content-Encoding': 'gzip',
    'Cache-Control': path.includes('/a/') ? 'max-age=31536000, immutable' : 'no-cache',
  });
  answer.end(gzipSync(body));
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
