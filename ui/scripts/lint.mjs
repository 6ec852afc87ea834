// What no general linter knows: which room may use which, logical sides, texts that are missing, unused or not translated.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = join(root, 'src');
const problems = [];

function filesUnder(folder, wanted) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path, wanted);
    return wanted.test(entry.name) ? [path] : [];
  });
}
const lineOf = (text, index) => text.slice(0, index).split('\n').length;
const say = (path, line, what) => problems.push(`${relative(root, path)}:${line}: ${what}`);
const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, (c) => c.replace(/[^\n]/g, ' ')).replace(/(^|[\s;{(,])\/\/[^\n]*/g, (c) => c.replace(/[^\n]/g, ' '));

const scripts = filesUnder(src, /\.tsx?$/);
const room = (path) => relative(src, path).split('/')[0];
const feature = (path) => (room(path) === 'features' ? relative(src, path).split('/')[1] : null);

/** Rooms a room may not use. `app` puts everything together; its router and texts reach the features. */
const closed = { ipc: ['app', 'components', 'features'], components: ['features'] };

for (const path of scripts) {
  const text = readFileSync(path, 'utf8');
  const code = withoutComments(text);
  const mine = room(path);
  const isTest = /\.test\.tsx?$|\/test\//.test(path);
  for (const hit of code.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
    const target = hit[1];
    const line = lineOf(code, hit.index);
    if (target.startsWith('@tauri-apps') && mine !== 'ipc' && !isTest) say(path, line, 'only ui/src/ipc may import @tauri-apps');
    const inside = target.startsWith('@/') ? target.slice(2) : target.startsWith('.') ? relative(src, join(path, '..', target)) : null;
    if (inside === null) continue;
    const [theirs, area] = inside.split('/');
    if (closed[mine]?.includes(theirs) && !isTest) say(path, line, `${mine} may not use ${theirs}`);
    if (mine === 'features' && theirs === 'features' && area !== feature(path)) say(path, line, 'features do not import features');
    if (mine === 'app' && theirs === 'features' && !/app\/(router\.tsx|i18n\/resources\.ts)$/.test(path)) say(path, line, 'only the router and the texts reach features');
    if (target.startsWith('@/ipc/') && mine !== 'ipc' && !isTest) say(path, line, 'use the door: @/ipc');
  }
  for (const hit of code.matchAll(/\b(margin|padding|border)(Left|Right)\b|[{\s,](left|right)\s*:\s*['"\d-]|textAlign:\s*['"](left|right)|\s(ml|mr|pl|pr)=[{"]/g)) {
    say(path, lineOf(code, hit.index), `physical side “${hit[0].trim()}”: use inline-start and inline-end`);
  }
  const lines = text.split('\n').length;
  if (lines > 500 && !path.endsWith('bindings.ts')) say(path, 1, `${lines} lines; find the concept and split it`);
  // The page of parts is never shipped.
  if (mine === 'features' && feature(path) === 'parts') continue;
  if (isTest || !path.endsWith('.tsx')) continue;
  for (const hit of code.matchAll(/\s(?:aria-label|aria-description|label|title|placeholder|alt)="([^"]*\p{L}{2}[^"]*)"/gu)) {
    say(path, lineOf(code, hit.index), `“${hit[1]}” is not translated`);
  }
  for (const hit of code.matchAll(/<[A-Za-z][\w.]*(?:\s[^<>]*)?>\s*([^<>{}()=;]*\p{L}{2}[^<>{}()=;]*?)\s*<\//gu)) {
    say(path, lineOf(code, hit.index), `“${hit[1].trim()}” is not translated`);
  }
}

for (const path of filesUnder(src, /\.css$/)) {
  const text = withoutComments(readFileSync(path, 'utf8'));
  for (const hit of text.matchAll(/(?:^|[;{\s])((?:margin|padding|border)-(?:left|right|top|bottom)(?:-[a-z]+)?|left|right|top|bottom)\s*:|(?:text-align|float|clear)\s*:\s*(left|right)/g)) {
    const what = hit[0].trim().replace(/^[;{]/, '').trim();
    say(path, lineOf(text, hit.index), `physical side “${what}”: use the logical one`);
  }
}

// Texts: every key is used, and each error of the core has its words. (The core's own phrases are tested there.)
const leaves = (tree, path = []) => Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[...path, key].join('.')] : leaves(value, [...path, key])));
const plural = /_(zero|one|two|few|many|other)$/;
const spaces = new Map();
for (const path of [...filesUnder(join(src, 'app/i18n/en'), /\.json$/), ...filesUnder(join(src, 'features'), /^en\.json$/)]) {
  const name = path.includes('/features/') ? path.split('/').at(-2) : path.split('/').at(-1).replace('.json', '');
  spaces.set(name, { path, keys: new Set(leaves(JSON.parse(readFileSync(path, 'utf8')))) });
}
const said = new Set();
const begun = new Set();
for (const path of scripts) {
  if (/\.test\.tsx?$/.test(path)) continue;
  const code = withoutComments(readFileSync(path, 'utf8'));
  for (const hit of code.matchAll(/['"]([\w.:-]+)['"]/g)) said.add(hit[1]);
  for (const hit of code.matchAll(/`([\w.:-]*)\$\{[^`]*`/g)) if (hit[1]) begun.add(hit[1]);
  for (const hit of code.matchAll(/`([\w.:-]+)`/g)) said.add(hit[1]);
}
const isUsed = (name, key) =>
  [key, `${name}:${key}`].some((full) => said.has(full) || [...begun].some((start) => full.startsWith(start) && (start.endsWith('.') || start.endsWith(':') || start.endsWith('_'))));
for (const [name, { path, keys }] of spaces) {
  if (name === 'errors') continue;
  for (const key of new Set([...keys].map((k) => k.replace(plural, '')))) if (!isUsed(name, key)) say(path, 1, `nobody says “${key}”`);
}

const bindings = withoutComments(readFileSync(join(src, 'ipc/bindings.ts'), 'utf8'));
const codes = [...(/export type ErrorCode =([^;]*);/.exec(bindings)?.[1].matchAll(/"(\w+)"/g) ?? [])].map((m) => m[1]);
const errors = spaces.get('errors');
for (const code of codes) for (const part of ['title', 'hint']) if (!errors.keys.has(`${code}.${part}`)) say(errors.path, 1, `no ${part} for the error “${code}”`);
// A code may have words of its own for a reason: `contabo_user_no_api_access`.
for (const key of errors.keys) if (!codes.some((code) => key.split('.')[0] === code || key.startsWith(`${code}_`))) say(errors.path, 1, `the core knows no error “${key}”`);

if (problems.length > 0) {
  process.stderr.write(`${problems.sort().join('\n')}\n\n${problems.length} problem(s)\n`);
  process.exit(1);
}
