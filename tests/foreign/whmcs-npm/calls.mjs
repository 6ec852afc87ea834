// Every call of the npm package `whmcs` 1.2.2 that is one of WHMCS's API, against a sandbox, with what it answers checked
// as somebody who only has the documentation would check it.
//
//   node calls.mjs '{"whmcs": {"url": …, "identifier": …, "secret": …, "access_key": …}, "control_url": …}'
//
// Prints one line of JSON: {"called": [methods], "defects": {name: what was seen}}. Ends with 1 at the first surprise.
//
// The package's own defects, which are kept apart here so that nobody takes them for the sandbox's:
// - it knows no identifier and secret; WHMCS takes them in `username` and `password` too, which is how it gets in;
// - it sends lists as PHP does not read them (`a=1&a=2`), so lists have to be named key by key;
// - `payInvoice(id, callback)` means to send `amount=full` and sends the callback, which becomes an empty amount;
// - `getModuleQueue(type, …)` drops the type;
// - its `licenses` module speaks to another service and is left out;
// - what is no JSON ends up whole in the text of its error; an answer without `result` is an error to it.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { promisify } from "node:util";

const WHMCS = createRequire(import.meta.url)("whmcs");
const line = JSON.parse(process.argv[2]);
const root = line.whmcs.url.replace(/\/?$/, "/");

const config = {
  serverUrl: `${root}includes/api.php`,
  username: line.whmcs.identifier,
  password: line.whmcs.secret,
  apiKey: line.whmcs.access_key,
  userAgent: "somebody-elses-client",
};
const client = new WHMCS(config);
const called = new Set();
const defects = {};

/** Calls a method; the answer has already been found to say success by the package itself. */
const call = (path, ...args) => {
  const [module, name] = path.split(".");
  called.add(path);
  return promisify(client[module][name].bind(client[module]))(...args);
};

/** The words of a refusal. */
const refused = async (path, ...args) => {
  const error = await call(path, ...args).then(
    (answer) => assert.fail(`${path} went well: ${JSON.stringify(answer)}`),
    (error) => error,
  );
  return error.message;
};

const control = async (method, path, body) => {
  const url = new URL(path, line.control_url.replace(/\/?$/, "/"));
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
};

const ids = (rows) => rows.map((row) => Number(row.id));
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const PERSON = {
  firstname: "Zoë",
  lastname: "Ødegård",
  email: "zoe@odegard.example",
  address1: "Storgata 1",
  city: "Tromsø",
  state: "Troms",
  postcode: "9008",
  country: "NO",
  phonenumber: "77600000",
  password2: "päss & wörd=1",
};

async function people() {
  const made = await call("customers.createCustomer", PERSON);
  const id = Number(made.clientid);
  assert.ok(id > 0, "AddClient names the client");
  const again = await refused("customers.createCustomer", PERSON);
  assert.match(again, /duplicate email|already exists/i, "a mail address is there once");
  assert.match(await refused("customers.createCustomer", { firstname: "X" }), /last name/i);

  const shown = await call("customers.getCustomer", id);
  assert.equal(shown.client.lastname, "Ødegård", "text beyond ASCII survives both ways");
  assert.equal(shown.email, PERSON.email, "the client stands at the top too");
  assert.ok(shown.stats, "the package asks for statistics with stats=true");
  const byMail = await call("customers.getCustomerByEmail", PERSON.email, {});
  assert.equal(Number(byMail.client.id), id);
  assert.equal(Number((await call("customers.getCustomer", PERSON.email, {})).client.id), id);
  assert.match(await refused("customers.getCustomer", 999_999), /client not found/i);

  await call("customers.updateCustomer", id, { companyname: "Ødegård & Sønner AS" });
  assert.equal((await call("customers.getCustomer", id)).client.companyname, "Ødegård & Sønner AS");

  const login = await call("customers.validateLogin", PERSON.email, PERSON.password2);
  assert.ok(Number(login.userid) > 0 && login.passwordhash, "somebody signs in with what was set");
  assert.match(await refused("customers.validateLogin", PERSON.email, "wrong"), /password invalid|invalid/i);

  const contact = await call("customers.createContact", { clientid: id, firstname: "Liv", email: "liv@odegard.example" });
  await call("customers.updateContact", contact.contactid, { lastname: "Sunde" });
  const contacts = await call("customers.getContacts", id, {});
  assert.equal(contacts.contacts.contact[0].lastname, "Sunde");
  await call("customers.deleteContact", contact.contactid);
  assert.equal(Number((await call("customers.getContacts", id, {})).totalresults), 0);
  return id;
}

async function money(id) {
  await call("billing.addCredit", id, "25.00", "Welcome");
  const credits = await call("customers.getCredits", id);
  assert.equal(Number(credits.credits.credit[0].amount), 25);
  const bill = { status: "Unpaid", paymentmethod: "banktransfer", date: day(0), duedate: day(14) };
  const lines = { itemdescription1: "Migration", itemamount1: "100.00", itemtaxed1: "0" };
  const { invoiceid } = await call("billing.createInvoice", id, { ...bill, ...lines });
  let invoice = await call("billing.getInvoice", invoiceid);
  assert.equal(Number(invoice.balance), 100);
  assert.equal(invoice.items.item[0].description, "Migration");

  const added = { "newitemdescription[0]": "Travel", "newitemamount[0]": "20.00", "newitemtaxed[0]": "0" };
  await call("billing.updateInvoice", invoiceid, added);
  invoice = await call("billing.getInvoice", invoiceid);
  assert.equal(Number(invoice.total), 120);

  await call("billing.applyCredit", invoiceid, "25.00");
  invoice = await call("billing.getInvoice", invoiceid);
  assert.equal(Number(invoice.balance), 95, "credit lessens what is owed");
  defects.emptyAmount = await refused("billing.payInvoice", invoiceid);

  const open = await call("customers.getCustomerInvoices", id, { status: "Unpaid" });
  assert.deepEqual(ids(open.invoices.invoice), [Number(invoiceid)]);
  await call("billing.updateInvoice", invoiceid, { status: "Cancelled" });
  assert.equal((await call("billing.getInvoice", invoiceid)).status, "Cancelled");

  const page = await call("billing.getInvoices", { limitstart: 5, limitnum: 7 });
  assert.equal(Number(page.startnumber), 5);
  assert.equal(Number(page.numreturned), 7);
  assert.equal(page.invoices.invoice.length, 7);
  const beyond = await call("billing.getInvoices", { limitstart: 9_999_999, limitnum: 10 });
  assert.equal(Number(beyond.numreturned), 0);
  assert.match(await refused("billing.getInvoice", 999_999_999), /invoice id not found/i);

  const cards = await call("billing.getInvoices", { status: "Unpaid", limitnum: 200 });
  const byCard = cards.invoices.invoice.filter((row) => row.paymentmethod === "stripe");
  const told = [];
  for (const row of byCard.slice(0, 12)) {
    await call("billing.capturePayment", row.id).then(() => told.push("paid"), (error) => told.push(error.message));
  }
  assert.ok(told.includes("paid"), `some card can be charged: ${told}`);
  const transactions = await call("customers.getTransactions", { clientid: byCard[0].userid });
  assert.ok(Number(transactions.totalresults) >= 0);
  const quotes = await call("customers.getQuotes", { limitnum: 5 });
  assert.ok(quotes.quotes.quote.length <= 5);
}

async function orders(id) {
  const all = await call("products.getProductsByType", "module", "cpanel").catch((error) => ({ error }));
  const catalog = all.products ? all : await call("products.getProductsByType", "group", 1);
  const product = catalog.products.product[0];
  assert.equal(Number((await call("products.getProduct", product.pid)).totalresults), 1);
  const group = await call("products.getProducts", product.gid);
  assert.ok(group.products.product.every((row) => Number(row.gid) === Number(product.gid)));

  const order = { paymentmethod: "banktransfer", "pid[0]": product.pid, "domain[0]": "odegard-as.com", "billingcycle[0]": "monthly" };
  const first = await call("billing.addOrder", id, order);
  assert.ok(Number(first.orderid) > 0 && Number(first.invoiceid) > 0, JSON.stringify(first));
  const pending = await call("products.getOrders", "id", first.orderid);
  assert.equal(pending.orders.order[0].status, "Pending");
  await call("billing.acceptOrder", first.orderid, { autosetup: false, sendemail: false });
  const active = await call("products.getOrders", "id", first.orderid, 0, 5);
  assert.equal(active.orders.order[0].status, "Active");
  assert.match(await refused("billing.deleteOrder", first.orderid), /cancelled or fraud/i);

  const services = await call("customers.getCustomerProducts", id, {});
  const service = services.products.product[0];
  assert.equal(Number(service.pid), Number(product.pid));
  await call("customers.updateCustomerProduct", service.id, { notes: "moved in", recurringamount: "9.99" });
  const changed = await call("customers.getCustomerProducts", id, { serviceid: service.id });
  assert.equal(Number(changed.products.product[0].recurringamount), 9.99);
  assert.ok(Number((await call("customers.getClientsAddons", { clientid: id })).totalresults) >= 0);

  const second = await call("billing.addOrder", id, { ...order, "domain[0]": "second-try.com" });
  await call("billing.cancelOrder", second.orderid);
  await call("billing.deleteOrder", second.orderid);
  const mine = await call("customers.getCustomerOrders", { userid: id });
  assert.deepEqual(ids(mine.orders.order), [Number(first.orderid)]);
  await upgrades();
}

async function upgrades() {
  const list = await call("customers.getCustomerProducts", "", { limitnum: 900 });
  const hosted = list.products.product.filter((row) => row.status === "Active" && row.servername === "Saturn");
  const to = { type: "product", newproductid: 16, newproductbillingcycle: "annually", paymentmethod: "paypal" };
  const asked = await call("customers.updateService", hosted[0].id, { ...to, calconly: true });
  assert.ok("price" in asked, `a price without an order: ${JSON.stringify(asked)}`);
  const done = await call("products.upgradeProduct", { serviceid: hosted[0].id, ...to });
  assert.ok(Number(done.orderid) > 0, JSON.stringify(done));
}

async function domains() {
  const list = await call("customers.getCustomerDomains", "", { limitnum: 300 });
  const domain = list.domains.domain.find((row) => row.status === "Active" && row.domainname.endsWith(".com"));
  await call("domains.setDomainLockStatus", domain.id, 1);
  assert.equal((await call("domains.getDomainLockStatus", domain.id)).lockstatus, "locked");
  await call("domains.setDomainLockStatus", domain.id);
  assert.equal((await call("domains.getDomainLockStatus", domain.id)).lockstatus, "unlocked");
  await call("domains.setDomainNameservers", domain.id, ["ns1.odegard.example", "ns2.odegard.example"]);
  assert.equal((await call("domains.getDomainNameservers", domain.id)).ns2, "ns2.odegard.example");
  await call("customers.updateCustomerDomain", domain.id, { notes: "seen" });
  assert.match(await refused("domains.getDomainLockStatus", 999_999), /domain id not found/i);
}

async function support(id) {
  const opened = await call("support.openTicket", id, 2, "Ærlig talt", "It is <b>down</b> & I'm \"sad\"", {});
  const ticket = await call("support.getTicket", opened.id);
  assert.equal(ticket.subject, "Ærlig talt");
  assert.equal(ticket.status, "Open");
  await call("support.replyTicket", opened.id, "Looking", {});
  assert.equal((await call("support.getTicket", opened.id)).status, "Answered", "staff has spoken");
  await call("support.replyTicket", opened.id, "Thanks", { clientid: id });
  const after = await call("support.getTicket", opened.id);
  assert.equal(after.status, "Customer-Reply");
  assert.equal(after.replies.reply.length, 3, "the first message is the first reply");
  await call("support.updateTicket", { ticketid: opened.id, priority: "High" });
  const list = await call("support.getTickets", { clientid: id });
  assert.equal(list.tickets.ticket[0].priority, "High");
  await call("support.deleteTicket", opened.id);
  assert.match(await refused("support.getTicket", opened.id), /ticket id not found/i);
}

async function house(id) {
  await call("customers.sendEmail", id, { messagename: "Client Signup Email" }).catch(async () => {
    await call("customers.sendEmail", id, { customtype: "general", customsubject: "Hi", custommessage: "<p>Hello</p>" });
  });
  const mails = await call("customers.getCustomerEmails", id, {});
  assert.ok(Number(mails.totalresults) >= 1, "a mail that was sent is on record");
  const items = await call("utilities.getToDoItems", undefined, 0, 3);
  assert.ok(items.items.item.length <= 3);
  const service = await call("utilities.getModuleQueue", "service", "", "", "");
  const domain = await call("utilities.getModuleQueue", "domain", "", "", "");
  assert.deepEqual(service.queue, domain.queue, "the type is dropped");
  defects.droppedType = `${service.queue.length} entries of every type`;
  await call("customers.deleteCustomer", id);
  assert.match(await refused("customers.getCustomer", id), /client not found/i);
}

/** What goes wrong on the way, as this client sees it. */
async function trouble() {
  const fault = (rule) => control("POST", "faults", { provider: "whmcs", times: 1, ...rule });
  await fault({ kind: "html" });
  defects.wholePage = await refused("billing.getInvoices", {});
  assert.match(defects.wholePage, /JSON failed to parse.*<html/s);
  await fault({ kind: "ip_denied" });
  assert.match(await refused("billing.getInvoices", {}), /WHMCS Error \(403\): Invalid IP [\d.]+$/);
  const strange = new WHMCS({ ...config, password: "wrong" });
  const invoices = promisify(strange.billing.getInvoices.bind(strange.billing));
  const error = await invoices({}).catch((error) => error);
  assert.match(error.message, /WHMCS Error \(403\): (Authentication Failed|Invalid or missing credentials)/);
  await control("POST", "dialect", { strings_for_numbers: true, version: "9.0" });
  assert.equal((await call("billing.getInvoices", { limitnum: 2 })).numreturned, "2");
  await control("POST", "dialect", {});
}

const id = await people();
await money(id);
await orders(id);
await domains();
await support(id);
await house(id);
await trouble();

const methods = ["billing", "customers", "domains", "products", "support", "utilities"].flatMap((module) =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(client[module]))
    .filter((name) => typeof client[module][name] === "function" && name !== "constructor")
    .map((name) => `${module}.${name}`),
);
const uncalled = methods.filter((name) => !called.has(name));
assert.deepEqual(uncalled, [], "every method was called");
console.log(JSON.stringify({ called: [...called].sort(), defects }));
