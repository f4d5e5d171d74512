// Subscribes with the client of graphql-ws or graphql-sse and prints each result as a line of JSON.
// node subscribe.mjs ws|sse URL TOKEN QUERY VARIABLES COUNT
import { createClient as overEvents } from "graphql-sse";
import { createClient as overSocket } from "graphql-ws";
import WebSocket from "ws";

const [form, url, token, query, variables, count] = process.argv.slice(2);
const authorization = `Bearer ${token}`;
const client =
  form === "ws"
    ? overSocket({ url, webSocketImpl: WebSocket, connectionParams: { authorization }, retryAttempts: 0 })
    : overEvents({ url, headers: { authorization }, retryAttempts: 0 });

let left = Number(count);
try {
  for await (const result of client.iterate({ query, variables: JSON.parse(variables) })) {
    console.log(JSON.stringify(result));
    left -= 1;
    if (left === 0) break;
  }
  console.log(JSON.stringify("end"));
} catch (error) {
  const errors = Array.isArray(error) ? error.map((each) => each.extensions.code) : null;
  console.log(JSON.stringify({ failed: error.code ?? errors ?? String(error) }));
}
await client.dispose();
