// Prints what a browser loads before the first paint: index.html, its scripts, preloaded modules and style sheets,
// in bytes after gzip. Arguments: the directory with index.html, the limit in KiB.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const [dist, limit] = [process.argv[2], Number(process.argv[3])];
const html = readFileSync(join(dist, 'index.html'), 'utf8');
const size = (path) => gzipSync(readFileSync(path), { level: 9 }).length;
const attribute = (tag, name) => new RegExp(`\\b${name}\\s*=\\s*["']?([^"'\\s>]+)`, 'i').exec(tag)?.[1];

const first = new Set(['index.html']);
for (const [tag] of html.matchAll(/<(?:script|link)\b[^>]*>/gi)) {
  const path = /^<script/i.test(tag)
    ? attribute(tag, 'src')
    : /\brel\s*=\s*["']?(?:stylesheet|modulepreload)/i.test(tag) && attribute(tag, 'href');
  if (path) first.add(path.replace(/^\.?\//, ''));
}
let total = 0;
for (const path of first) {
  const bytes = size(join(dist, path));
  total += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(8)} KiB  ${path}`);
}
const later = readdirSync(dist, { recursive: true })
  .filter((path) => /\.(js|css)$/.test(path) && !first.has(path.replaceAll('\\', '/')))
  .filter((path) => statSync(join(dist, path)).isFile());
const lazy = later.reduce((sum, path) => sum + size(join(dist, path)), 0);
console.log(`${(total / 1024).toFixed(0)} KiB gzip at first paint (limit ${limit}), ${(lazy / 1024).toFixed(0)} KiB later`);
if (first.size < 2) {
  console.error('index.html names no script: is this a real build?');
  process.exit(1);
}
process.exit(total > limit * 1024 ? 1 : 0);
