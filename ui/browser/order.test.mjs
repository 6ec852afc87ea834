// A server is bought and ended again by hand, in Chromium, on both providers as a program of their own: the form, the plan with
// its money, each step in the queue, the machine behind the service; then its end, for which its name has to be typed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { credentials, goTo, openHouse, openPage, openSandbox, picture, violations } from './bridge.mjs';

let sandbox;
let house;
let service;
before(async () => {
  sandbox = await openSandbox(81, 0.1);
  house = await openHouse(async ({ folder, env, ctl }) => {
    const { line } = sandbox;
    env.CREDENTIALS_DIRECTORY = credentials(folder, line);
    const addresses = ['--whmcs-url', line.whmcs.url, '--contabo-api-url', line.contabo.api_url, '--contabo-token-url', line.contabo.token_url, '--contabo-user', line.contabo.user];
    await ctl(['profile', 'add', '--name', 'Acme', '--environment', 'staging', '--grace-seconds', '3', ...addresses]);
    const call = (...rest) => ctl(['call', ...rest, '--yes']);
    const number = (text) => Number(/\d+/.exec(JSON.stringify(text))?.[0]);
    const placed = await call('whmcs', 'AddOrder', 'clientid=2', 'paymentmethod=paypal', 'pid[0]=1', 'billingcycle[0]=monthly');
    service = number(placed.serviceids);
    await call('whmcs', 'AddInvoicePayment', `invoiceid=${number(placed.invoiceid)}`, 'transid=UI-9', 'gateway=paypal', 'date=2026-11-20 12:00:00');
    await ctl(['call', 'contabo', 'createSecret', 'name=first-login', 'type=password', '--stdin', '--yes'], JSON.stringify({ value: 'Fj3!kd92Lq0x' }));
    await ctl(['sync']);
  });
}, { timeout: 240_000 });
after(async () => {
  await house?.close();
  sandbox?.close();
});

const NAME = 'web-by-hand';
const serversOfThatName = async () => {
  const ids = await sandbox.state('contabo/instance');
  const all = await Promise.all(ids.map((id) => sandbox.state(`contabo/instance/${id}`)));
  return all.filter((server) => server.displayName === NAME);
};

/** The steps of the action that is open, as they stand. */
const steps = (page) => page.locator('aside [data-standing]').evaluateAll((items) => items.map((item) => [item.textContent, item.dataset.standing]));
/** Lets time pass at the providers until all of it is done. */
async function untilDone(page, name) {
  const end = Date.now() + 240_000;
  for (;;) {
    const state = await page.locator('aside header').innerText();
    if (/succeeded/.test(state)) return;
    assert.ok(!/failed|unknown|cancelled/.test(state), `${name}: ${await page.locator('aside').innerText()}`);
    assert.ok(Date.now() < end, `${name} takes too long: ${await page.locator('aside').innerText()}`);
    await sandbox.advance(20);
    await page.waitForTimeout(500);
  }
}
/** The service's page says that its facts are older than what was done, and reads them again. */
async function readAgain(page) {
  await goTo(page, `/services/${service}`);
  await page.getByText('What it changed does not show here yet.').waitFor({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Read it again' }).click();
}
/** Opens the one action of this kind on the board. */
async function openAction(page, kind) {
  await goTo(page, '/queue');
  await page.locator('[role=grid] [role=row]').filter({ hasText: kind }).first().locator('[role=gridcell]').nth(1).click();
  await page.locator('aside header').waitFor();
}

test('a server is bought for a paid order: form, plan, yes, each step, and the machine behind the service', { timeout: 400_000 }, async () => {
  const { page, complaints, close } = await openPage(house);
  await page.goto(house.url);
  await page.locator('nav[aria-label]').first().waitFor({ timeout: 60_000 });
  await goTo(page, `/services/${service}`);
  await page.getByText('There is no server behind this service.').waitFor({ timeout: 30_000 });
  await page.getByRole('button', { name: /^Buy server/ }).click();
  const form = page.getByRole('dialog');
  await form.waitFor();
  assert.equal(await form.getByRole('button', { name: /Show the plan/ }).getAttribute('aria-disabled'), 'true');
  const choose = async (field, option) => {
    const box = form.getByRole('combobox', { name: field });
    await box.click();
    const choice = page.getByRole('option', { name: option }).first();
    // A long list is found in by typing, as a person does.
    if (typeof option === 'string') await box.fill(option);
    await choice.waitFor({ timeout: 20_000 });
    await choice.click();
  };
  await choose('Contabo product', 'V94');
  await choose('Region', /European Union/);
  await choose('Image', 'ubuntu-24.04');
  await choose('Months', /^1 month/);
  await form.getByRole('combobox', { name: 'Name' }).fill(NAME);
  await page.keyboard.press('Escape');
  await choose('User', /^root/);
  await choose('Password', /first-login/);
  await picture(page, 'create-form');
  assert.deepEqual(await violations(page), [], 'form');
  await form.getByRole('button', { name: /Show the plan/ }).click();

  const plan = page.getByRole('dialog').filter({ hasText: 'still current' });
  await plan.waitFor({ timeout: 30_000 });
  const told = await plan.innerText();
  for (const wanted of [NAME, 'V94', 'ubuntu-24.04', '€7.50', 'each month']) assert.ok(told.includes(wanted), `${wanted}: ${told}`);
  await picture(page, 'create-plan');
  assert.deepEqual(await violations(page), [], 'plan');
  assert.deepEqual(await serversOfThatName(), [], 'nothing is bought before somebody says yes');
  await plan.getByRole('button', { name: /^Approve/ }).click();
  await page.getByText('pending proof').first().waitFor();

  await openAction(page, 'Buy server');
  // Nothing runs at the provider before its clock moves: the order is done, and the machine is waited for.
  await page.waitForFunction(() => document.querySelector('aside [data-standing=here]')?.textContent.includes('Wait until it runs'), undefined, { timeout: 60_000 });
  const halfway = await steps(page);
  assert.match(halfway[0][0], /^Order the server/);
  const here = halfway.findIndex(([, standing]) => standing === 'here');
  assert.deepEqual(halfway.slice(0, here).map(([, standing]) => standing), Array(here).fill('done'), JSON.stringify(halfway));
  assert.deepEqual(halfway.slice(here + 1).map(([text, standing]) => [/^(Write it into|Line in) WHMCS/.test(text), standing]), [[true, 'ahead'], [true, 'ahead']], JSON.stringify(halfway));
  await picture(page, 'create-halfway');
  assert.deepEqual(await violations(page), [], 'queue');
  await untilDone(page, 'the purchase');
  const done = await steps(page);
  assert.ok(done.every(([, standing]) => standing === 'done'), JSON.stringify(done));
  assert.equal(done.filter(([text]) => text.endsWith('nothing to do')).length, 4, 'no tag was asked for: told as such');
  const [server, second] = await serversOfThatName();
  assert.equal(second, undefined, 'one server and no second');
  await page.locator('aside').getByText(`Server ${server.instanceId} is bought`).first().waitFor();
  await picture(page, 'create-done');

  await readAgain(page);
  await page.getByRole('link', { name: `Server ${server.instanceId}` }).waitFor({ timeout: 60_000 });
  await page.locator('main [data-state=active]').first().waitFor({ timeout: 60_000 });
  assert.equal(await page.getByRole('button', { name: /^Buy server/ }).count(), 0, 'no second one is offered');
  assert.deepEqual(complaints, []);
  await close();
});

test('it is ended again only once its name is typed; the plan names the server behind the service', { timeout: 400_000 }, async () => {
  const [server] = await serversOfThatName();
  assert.ok(server, 'the server of the test before');
  const { page, complaints, close } = await openPage(house);
  await page.goto(house.url);
  await page.locator('nav[aria-label]').first().waitFor({ timeout: 60_000 });
  await goTo(page, `/services/${service}`);
  await page.getByRole('link', { name: `Server ${server.instanceId}` }).waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: /^Terminate service/ }).click();
  const form = page.getByRole('dialog');
  await form.getByRole('button', { name: /Show the plan/ }).click();
  const plan = page.getByRole('dialog').filter({ hasText: 'still current' });
  await plan.waitFor({ timeout: 30_000 });
  const facts = await plan.locator('dl').first().innerText();
  assert.ok(facts.includes(NAME) && !/none/.test(facts), facts);
  const approve = plan.getByRole('button', { name: /^Approve/ });
  assert.equal(await approve.getAttribute('aria-disabled'), 'true');
  const wanted = await plan.locator('label[for=plan-confirmation] code').innerText();
  const field = plan.locator('#plan-confirmation');
  await field.pressSequentially(wanted.slice(0, -1));
  assert.equal(await approve.getAttribute('aria-disabled'), 'true', 'one character is missing');
  await field.pressSequentially(wanted.slice(-1));
  await picture(page, 'terminate-plan');
  assert.deepEqual(await violations(page), [], 'plan that erases');
  // It starts ten seconds later: until then it can be taken back.
  await approve.click();
  await page.getByText('pending proof').first().waitFor();
  await openAction(page, 'Terminate service');
  await untilDone(page, 'the end');
  const ended = await sandbox.state(`contabo/instance/${server.instanceId}`);
  assert.ok(ended.cancelDate, JSON.stringify(ended));
  await readAgain(page);
  await page.locator('main [data-state=terminated]').first().waitFor({ timeout: 60_000 });
  assert.deepEqual(complaints, []);
  await close();
});
