// Starts the real core behind its bridge, and a Chromium in front of it.
import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ui = fileURLToPath(new URL('..', import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const executable = (name) => (name.includes('/') ? name : `/usr/bin/${name}`);

/** One core on an empty data directory, one browser; `close` ends both. */
export async function openHouse() {
  const folder = mkdtempSync(join(tmpdir(), 'rackdesk-browser-'));
  const program = process.env.RACKDESKCTL ?? join(ui, '../target/debug/rackdeskctl');
  const core = spawn(program, ['--data-dir', join(folder, 'data'), 'bridge', '--ui', join(ui, 'dist')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await firstUrl(core);
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

function firstUrl(core) {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error('the bridge said nothing for 60 s')), 60_000);
    core.once('exit', (code) => reject(new Error(`the bridge ended with ${code}`)));
    core.stdout.on('data', (chunk) => {
      said += chunk;
      const end = said.indexOf('\n');
      if (end < 0) return;
      clearTimeout(late);
      resolve(JSON.parse(said.slice(0, end)).url);
    });
  });
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
