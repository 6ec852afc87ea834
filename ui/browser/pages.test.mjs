// The same interface as in the window, in Chromium, against the real core and the demo: every page in both themes without a
// serious violation, every word translated, and the whole way from a server to its proven restart.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { goTo, openHouse, openPage, picture, rows, settled, violations } from './bridge.mjs';

let house;
before(async () => {
  house = await openHouse();
}, { timeout: 120_000 });
after(async () => {
  await house?.close();
});

/** Opens the demo where it is not open yet. */
async function inDemo(page) {
  await page.goto(house.url);
  await page.locator('main h1, h1').first().waitFor({ timeout: 30_000 });
  if (page.url().includes('welcome')) {
    await picture(page, 'welcome');
    assert.deepEqual(await violations(page), [], 'welcome');
    await page.keyboard.press('d');
  }
  await page.locator('nav[aria-label]').first().waitFor({ timeout: 60_000 });
  await goTo(page, '/servers');
  await rows(page).first().waitFor({ timeout: 120_000 });
}

const pages = ['/clients', '/servers', '/invoices', '/tickets', '/queue', '/log', '/outside', '/receipts', '/usage', '/prices', '/settings', '/settings/rights', '/settings/policy'];

for (const dark of [false, true]) {
  const theme = dark ? 'dark' : 'light';
  test(`every page keeps nobody out, ${theme}`, { timeout: 300_000 }, async () => {
    const { page, complaints, close } = await openPage(house, { dark });
    await inDemo(page);
    for (const path of pages) {
      await goTo(page, path);
      await picture(page, `${path.slice(1).replaceAll('/', '-')}-${theme}`);
      assert.deepEqual(await violations(page), [], path);
    }
    for (const list of ['clients', 'servers']) {
      await goTo(page, `/${list}`);
      await rows(page).nth(2).click();
      await page.waitForFunction((at) => window.location.hash.startsWith(`#/${at}/`), list);
      await page.locator('main h1').first().waitFor();
      await settled(page);
      await picture(page, `${list}-one-${theme}`);
      assert.deepEqual(await violations(page), [], `one of ${list}`);
    }
    await goTo(page, '/services/102');
    await picture(page, `services-one-${theme}`);
    assert.deepEqual(await violations(page), [], 'a service');
    await page.keyboard.press('Control+k');
    await page.locator('[role=dialog] [role=option]').first().waitFor();
    await picture(page, `palette-${theme}`);
    assert.deepEqual(await violations(page), [], 'palette');
    await page.keyboard.press('Escape');
    await page.locator('[role=dialog]').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.locator('[role=dialog]').waitFor();
    assert.deepEqual(await violations(page), [], 'keys');
    await page.keyboard.press('Escape');
    assert.deepEqual(complaints, []);
    await close();
  });
}

test('every word that is ours is translated', { timeout: 240_000 }, async () => {
  const { page, close } = await openPage(house, { language: 'en-XA' });
  await inDemo(page);
  for (const path of pages) {
    await goTo(page, path);
    const plain = await page.evaluate(() =>
      [...document.querySelectorAll('nav a span, h1 > span:first-child, [role=columnheader], [role=tab], main button, dt, th, label, footer span, footer button')]
        .map((node) => (node.textContent ?? '').trim())
        .filter((text) => /\p{L}{3}/u.test(text) && !text.includes('⟦') && !/^(Ctrl|Esc|Shift|Enter)/.test(text)),
    );
    // What providers and the operating system say stays as it is; it never stands alone in these places but for data.
    const foreign = await page.evaluate(() => [...document.querySelectorAll('[role=gridcell], [data-foreign], [role=gridcell] *, [data-foreign] *')].map((node) => (node.textContent ?? '').trim()));
    assert.deepEqual(plain.filter((text) => !foreign.includes(text)), [], path);
  }
  await close();
});

test('from a server to its proven restart', { timeout: 240_000 }, async () => {
  const { page, complaints, close } = await openPage(house);
  await inDemo(page);
  const running = rows(page).filter({ has: page.locator('[data-state=running]') }).first();
  await running.click();
  await page.waitForFunction(() => /^#\/servers\/\d+/.test(window.location.hash));
  const name = (await page.locator('main h1').first().innerText()).trim();
  await page.getByRole('button', { name: /^Restart/ }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await picture(page, 'plan');
  assert.deepEqual(await violations(page), [], 'plan');
  await dialog.getByRole('button', { name: /^Approve/ }).click();
  await page.getByText('pending proof').first().waitFor();
  await goTo(page, '/queue');
  const row = rows(page).filter({ hasText: name }).first();
  await row.locator('[data-state=succeeded]').waitFor({ timeout: 120_000 });
  await picture(page, 'queue-after');
  await goTo(page, '/log');
  await rows(page).filter({ hasText: 'actions/restart' }).first().waitFor({ timeout: 30_000 });
  assert.deepEqual(complaints, []);
  await close();
});

test('a policy wants two people: the plan waits, the same name is refused, another one lets it go', { timeout: 240_000 }, async () => {
  const { page, complaints, close } = await openPage(house);
  await inDemo(page);
  await goTo(page, '/settings/policy');
  const choice = page.locator('[data-field=second_approver]');
  await choice.click();
  await page.getByRole('option', { name: 'every plan' }).click();
  await page.keyboard.press('Control+Enter');
  await page.getByText('The policy is saved').waitFor();
  await page.getByText('change 1', { exact: false }).first().waitFor();
  await goTo(page, '/servers');
  await rows(page).filter({ has: page.locator('[data-state=running]') }).nth(4).click();
  await page.waitForFunction(() => /^#\/servers\/\d+/.test(window.location.hash));
  const name = (await page.locator('main h1').first().innerText()).trim();
  await page.getByRole('button', { name: /^Restart/ }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: /^Approve/ }).click();
  await page.getByText('Nothing is in the queue yet.').first().waitFor();
  await goTo(page, '/queue');
  await page.getByRole('button', { name: 'Look at it' }).click();
  const dialog = page.getByRole('dialog');
  const first = await dialog.locator('li strong').innerText();
  const field = dialog.getByLabel('Your name');
  await field.fill(` ${first.toUpperCase()} `);
  await dialog.getByText(/has said yes already/).waitFor();
  assert.deepEqual(await violations(page), [], 'second yes');
  await picture(page, 'second-yes');
  await field.fill('Somebody Else');
  await page.keyboard.press('Control+Enter');
  const row = rows(page).filter({ hasText: name }).first();
  await row.locator('[data-state=succeeded]').waitFor({ timeout: 120_000 });
  await row.click();
  await page.getByText(/Approved in PL-\d+ by .+, Somebody Else/).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});
