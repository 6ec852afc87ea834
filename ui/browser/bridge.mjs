// Starts the real core behind its bridge, and a Chromium in front of it.
import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ui = fileURLToPath(new URL('..', import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const executable = (name) => (name.includes('/') ? name : `/usr/bin/${name}`);

const program = process.env.RACKDESKCTL ?? join(ui, '../target/debug/rackdeskctl');

/**
 * One core on an empty data directory, one browser; `close` ends both. `prepare` may fill the directory first: it is given
 * the folder and a way to run the command line in it, and answers what the core's environment needs besides.
 */
export async function openHouse(prepare) {
  const folder = mkdtempSync(join(tmpdir(), 'rackdesk-browser-'));
  const data = join(folder, 'data');
  const env = { ...process.env };
  await prepare?.({ folder, env, ctl: (args, input) => run(['--data-dir', data, '--json', ...args], env, input) });
  const core = spawn(program, ['--data-dir', data, 'bridge', '--ui', join(ui, 'dist')], { stdio: ['ignore', 'pipe', 'inherit'], env });
  const url = (await firstLine(core)).url;
  const browser = await chromium.launch({
    executablePath: executable(process.env.RACKDESK_BROWSER ?? 'chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  return {
    url,
    browser,
    async close() {
      await browser.close();
      core.kill('SIGINT');
      await new Promise((resolve) => {
        const late = setTimeout(() => core.kill('SIGKILL'), 10_000);
        core.once('exit', () => {
          clearTimeout(late);
          resolve();
        });
        if (core.exitCode !== null) resolve();
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a command line to its end, with something on its standard input; its answer as JSON. */
function run(args, env, input = '') {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
    child.stdin.end(input);
    let [out, said] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (said += chunk));
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(out.trim() === '' ? null : JSON.parse(out)) : reject(new Error(`${args.join(' ')}: ${code} ${out} ${said}`))));
  });
}

/** The one JSON line that a program prints as soon as it serves. */
function firstLine(program) {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error('the program said nothing for 60 s')), 60_000);
    program.once('exit', (code) => reject(new Error(`the program ended with ${code}`)));
    program.stdout.on('data', (chunk) => {
      said += chunk;
      const end = said.indexOf('\n');
      if (end < 0) return;
      clearTimeout(late);
      resolve(JSON.parse(said.slice(0, end)));
    });
  });
}

/** Both providers as a program of its own, whose clock can be pushed. */
export async function openSandbox(seed, scale) {
  const child = spawn(program, ['sandbox', 'serve', '--seed', String(seed), '--scale', String(scale)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await firstLine(child);
  const control = (path) => line.control_url.replace(/\/$/, '') + path;
  return {
    line,
    async advance(seconds) {
      const reply = await fetch(control('/clock'), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ advance_seconds: seconds }) });
      if (!reply.ok) throw new Error(`the clock: ${reply.status}`);
    },
    /** A record as the provider holds it, or the ids of a kind. */
    state: async (path) => (await fetch(control(`/state/${path}`))).json(),
    close: () => child.kill(),
  };
}

/** Secrets from a folder, as a server's own keeper of them hands them over: no keychain is asked. */
export function credentials(folder, line) {
  const dir = join(folder, 'credentials');
  mkdirSync(dir);
  const keep = (name, value) => writeFileSync(join(dir, name), value, { mode: 0o400 });
  keep('database_key', '5e'.repeat(32));
  for (const name of ['identifier', 'secret', 'access_key']) keep(`whmcs_${name}`, line.whmcs[name]);
  for (const name of ['client_id', 'client_secret', 'password']) keep(`contabo_${name}`, line.contabo[name]);
  return dir;
}

/** A window of the program, with what it complained about. */
export async function openPage(house, { dark = false, language = 'en' } = {}) {
  const context = await house.browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: dark ? 'dark' : 'light', locale: 'en-GB', reducedMotion: 'reduce' });
  await context.addInitScript((code) => localStorage.setItem('rackdesk.prefs', JSON.stringify({ language: code })), language);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  return { page, complaints, close: () => context.close() };
}

/** Waits until nothing is on its way any more. */
export const settled = async (page) => {
  await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'), undefined, { timeout: 30_000 });
  await page.waitForTimeout(150);
};
/** By the address within the page: a reload would lose the one-time token. */
export async function goTo(page, path) {
  await page.evaluate((to) => (window.location.hash = to), path);
  await page.locator('main h1').first().waitFor({ timeout: 30_000 });
  await settled(page);
}
/** The rows of the table that are drawn. */
export const rows = (page) => page.locator('[role=grid] [role=row][aria-rowindex]:not([aria-rowindex="1"])');

/** Violations that keep somebody out, in words. */
export async function violations(page) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .flatMap((v) => v.nodes.slice(0, 3).map((n) => `${v.id} (${v.impact}): ${n.html.slice(0, 200)} ${n.failureSummary ?? ''}`));
}

/** Keeps a picture when somebody asked for them. */
export async function picture(page, name) {
  const folder = process.env.RACKDESK_ARTEFACTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `browser-${name}.png`) });
}
