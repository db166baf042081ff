// judge.mjs REPORT.json NAME LIMIT_MS: Lighthouse's figures in a line; fails when they are not good enough.
import { readFileSync } from 'node:fs';

const [file, name, limit] = process.argv.slice(2);
const { categories, audits } = JSON.parse(readFileSync(file, 'utf8'));
const score = (category) => Math.round(categories[category].score * 100);
const lcp = audits['largest-contentful-paint'].numericValue;
console.log(
  `${name}: performance ${score('performance')}, accessibility ${score('accessibility')}, best practices ` +
    `${score('best-practices')}, SEO ${score('seo')}; LCP ${(lcp / 1000).toFixed(2)} s, ` +
    `CLS ${audits['cumulative-layout-shift'].displayValue}, TBT ${audits['total-blocking-time'].displayValue}`,
);
const good = score('performance') >= 99 && score('accessibility') === 100 && score('best-practices') === 100 && lcp <= +limit;
process.exit(good ? 0 : 1);
