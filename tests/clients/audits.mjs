// Runs the audits of graphql-http against a server and prints [{id, name, status, reason}] as JSON.
// node audits.mjs URL TOKEN
import { auditServer } from "graphql-http";

const [url, token] = process.argv.slice(2);
const fetchFn = (address, options = {}) =>
  fetch(address, { ...options, headers: { authorization: `Bearer ${token}`, ...options.headers } });
const results = await auditServer({ url, fetchFn });
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
