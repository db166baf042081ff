// The sample worlds, written once before all tests.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const samples = join(root, 'build/web/sites');
// When the sample worlds were rendered.
export const sampleNow = Date.parse('2026-11-20T09:00:12Z');

export default function () {
  const program = process.env.ALLCLEAR_SAMPLE_SITE ?? join(root, 'build/ci/sample_site');
  rmSync(samples, { recursive: true, force: true });
  execFileSync(program, [samples], { stdio: 'inherit' });
}
