// Asks Hive Gateway, which demands what @authenticated and @requiresScopes say, over two subgraphs: the HR system's own,
// served here, and Appraise at `url`. Reads {subgraph, url, token, query, variables, asking} from standard input, where
// `asking` lists scopes, null for nobody; prints for each {answer, fetches}.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { composeServices } from "@apollo/composition";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";
import { graphql, parse } from "graphql";

const asked = JSON.parse(readFileSync(0, "utf8"));
const people = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { employees: [Employee!]! }
  "An employee as the HR system names them, with what Appraise knows."
  type Employee @key(fields: "id") { "The HR system's own id." id: ID! costCentre: String! }
`);
const schema = buildSubgraphSchema({
  typeDefs: people,
  resolvers: {
    Query: { employees: () => [{ id: "E0005" }] },
    Employee: { costCentre: ({ id }) => `CC-${id}`, __resolveReference: ({ id }) => ({ id }) },
  },
});
const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  const { query, variables } = JSON.parse(body);
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(await graphql({ schema, source: query, variableValues: variables })));
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));

const { errors, supergraphSdl } = composeServices([
  { name: "people", url: `http://127.0.0.1:${server.address().port}/`, typeDefs: people },
  { name: "appraise", url: asked.url, typeDefs: parse(readFileSync(asked.subgraph, "utf8")) },
]);
if (errors?.length) throw errors[0];

let fetches = 0;
const gateway = createGatewayRuntime({
  supergraph: supergraphSdl,
  logging: false,
  genericAuth: {
    mode: "protect-granular",
    rejectUnauthenticated: false,
    resolveUserFn: ({ request }) => {
      const scopes = request.headers.get("x-scopes");
      return scopes === null ? null : { scope: scopes };
    },
  },
  propagateHeaders: { fromClientToSubgraphs: () => ({ authorization: `Bearer ${asked.token}` }) },
  plugins: () => [
    {
      onFetch({ url }) {
        if (url === asked.url) fetches += 1;
      },
    },
  ],
});
const told = [];
for (const scopes of asked.asking) {
  fetches = 0;
  const answer = await gateway.fetch("http://gateway/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", ...(scopes === null ? {} : { "x-scopes": scopes }) },
    body: JSON.stringify({ query: asked.query, variables: asked.variables }),
  });
  told.push({ answer: await answer.json(), fetches });
}
console.log(JSON.stringify(told));
await gateway[Symbol.asyncDispose]();
server.close();
