// Builds what the program embeds: src/ -> dist/. With --check it only says whether dist/ is what src/ makes.
import { build } from 'esbuild';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const check = process.argv.includes('--check');
const page_script_limit = 4096; // bytes, minified

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: { page: 'src/public/page.ts', status: 'src/public/status.css', login: 'src/public/login.css' },
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['es2022'],
  legalComments: 'none',
  outdir: 'dist',
  write: false,
});

let failed = false;
const fail = (text) => {
  console.error(text);
  failed = true;
};
if (!check) mkdirSync(join(here, 'dist'), { recursive: true });
for (const file of outputFiles) {
  const name = file.path.slice(here.length + 1);
  if (name === 'dist/page.js' && file.contents.length > page_script_limit)
    fail(`${name}: ${file.contents.length} bytes, at most ${page_script_limit}`);
  if (!check) writeFileSync(file.path, file.contents);
  else if (!same(file)) fail(`web/${name} is not what web/src makes: run "npm run build" in web/ and commit it`);
}
process.exit(failed ? 1 : 0);

function same(file) {
  try {
    return readFileSync(file.path).equals(Buffer.from(file.contents));
  } catch {
    return false;
  }
}
