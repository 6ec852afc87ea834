// Prints what is loaded before the first page is painted, in bytes after gzip: index.html, its scripts, preloaded modules
// and style sheets, and the largest page with what it imports. Arguments: the directory with index.html, the limit in KiB.
import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';

const [dist, limit] = [process.argv[2], Number(process.argv[3])];
const read = (path) => readFileSync(join(dist, path));
const size = (path) => gzipSync(read(path), { level: 9 }).length;
const sum = (paths) => [...paths].reduce((bytes, path) => bytes + size(path), 0);
const kib = (bytes) => `${(bytes / 1024).toFixed(0)} KiB`;
const attribute = (tag, name) => new RegExp(`\\b${name}\\s*=\\s*["']?([^"'\\s>]+)`, 'i').exec(tag)?.[1];

const first = new Set(['index.html']);
for (const [tag] of read('index.html').toString().matchAll(/<(?:script|link)\b[^>]*>/gi)) {
  const path = /^<script/i.test(tag)
    ? attribute(tag, 'src')
    : /\brel\s*=\s*["']?(?:stylesheet|modulepreload)/i.test(tag) && attribute(tag, 'href');
  if (path) first.add(path.replace(/^\.?\//, ''));
}
const files = readdirSync(dist, { recursive: true }).map((path) => path.replaceAll('\\', '/'));
const later = files.filter((path) => /\.(js|css)$/.test(path) && !first.has(path));

/** A script with everything it imports statically, without what is there already. */
function closure(path, seen = new Set()) {
  if (seen.has(path) || first.has(path) || !files.includes(path)) return seen;
  seen.add(path);
  for (const [, target] of read(path).toString().matchAll(/\b(?:from|import)\s*["'](\.[^"']+\.js)["']/g)) {
    closure(posix.join(posix.dirname(path), target), seen);
  }
  return seen;
}
const pages = later.filter((path) => /Page-[^/]*\.js$/.test(path)).map((path) => closure(path));
const largest = pages.sort((a, b) => sum(b) - sum(a))[0] ?? new Set();
for (const path of later.filter((name) => name.endsWith('.css'))) largest.add(path);

for (const path of [...first, ...largest]) console.log(`${(size(path) / 1024).toFixed(1).padStart(8)} KiB  ${path}`);
const total = sum(first) + sum(largest);
console.log(`${kib(total)} gzip at first paint (limit ${limit}): frame ${kib(sum(first))}, largest page ${kib(sum(largest))}`);
if (first.size < 2) {
  console.error('index.html names no script: is this a real build?');
  process.exit(1);
}
process.exit(total > limit * 1024 ? 1 : 0);
