// Builds what the program embeds: src/ -> dist/. With --check it only says whether dist/ is what src/ makes.
import { build } from 'esbuild';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const check = process.argv.includes('--check');
const page_script_limit = 4096; // bytes, minified
const dashboard_limit = 60 * 1024; // bytes, script and style, each minified and packed by gzip

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: [
    { in: 'src/public/page.ts', out: 'page' },
    { in: 'src/public/status.css', out: 'status' },
    { in: 'src/public/login.css', out: 'login' },
    { in: 'src/ops/main.ts', out: 'ops' },
    { in: 'src/ops/style/ops.css', out: 'ops' },
  ],
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['es2022'],
  legalComments: 'none',
  outdir: 'dist',
  write: false,
});

let failed = false;
let dashboard = 0;
const fail = (text) => {
  console.error(text);
  failed = true;
};
if (!check) mkdirSync(join(here, 'dist'), { recursive: true });
for (const file of outputFiles) {
  const name = file.path.slice(here.length + 1);
  if (name === 'dist/page.js' && file.contents.length > page_script_limit)
    fail(`${name}: ${file.contents.length} bytes, at most ${page_script_limit}`);
  if (name.startsWith('dist/ops.')) dashboard += gzipSync(file.contents, { level: 9 }).length;
  if (!check) writeFileSync(file.path, file.contents);
  else if (!same(file)) fail(`web/${name} is not what web/src makes: run "npm run build" in web/ and commit it`);
}
if (dashboard > dashboard_limit) fail(`the dashboard: ${dashboard} bytes packed, at most ${dashboard_limit}`);
if (!check) console.log(`the dashboard: ${(dashboard / 1024).toFixed(1)} KB packed`);
process.exit(failed ? 1 : 0);

function same(file) {
  try {
    return readFileSync(file.path).equals(Buffer.from(file.contents));
  } catch {
    return false;
  }
}
