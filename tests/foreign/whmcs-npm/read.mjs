// Reads all clients with the npm package `whmcs` 1.2.2, page by page, several pages at a time:
//
//   node read.mjs '{"whmcs": {…}}' PAGE_SIZE AT_ONCE
//
// Prints {"rows", "cpu_ms", "wall_ms"}; starting node and loading the package is not in it. The package has no method
// for GetClients: its own way of sending is used, as its methods do.

import { createRequire } from "node:module";
import { promisify } from "node:util";

const WHMCS = createRequire(import.meta.url)("whmcs");
const [line, size, atOnce] = [JSON.parse(process.argv[2]), Number(process.argv[3]), Number(process.argv[4])];
const client = new WHMCS({
  serverUrl: `${line.whmcs.url.replace(/\/?$/, "/")}includes/api.php`,
  username: line.whmcs.identifier,
  password: line.whmcs.secret,
  apiKey: line.whmcs.access_key,
});
const modem = promisify(client.utils.modem);
const page = (start, count) =>
  modem({ client: { config: client.config }, body: { action: "getclients", limitstart: start, limitnum: count } });

const cpu = process.cpuUsage();
const begun = process.hrtime.bigint();
const total = Number((await page(0, 1)).totalresults);
const seen = new Set();
let next = 0;
const worker = async () => {
  while (next < total) {
    const start = next;
    next += size;
    for (const row of (await page(start, size)).clients.client) seen.add(row.id);
  }
};
await Promise.all(Array.from({ length: atOnce }, worker));
const used = process.cpuUsage(cpu);
const wall = Number(process.hrtime.bigint() - begun) / 1e6;
console.log(JSON.stringify({ rows: seen.size, cpu_ms: (used.user + used.system) / 1000, wall_ms: wall }));
