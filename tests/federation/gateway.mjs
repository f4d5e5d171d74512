// Asks one question of a gateway over two subgraphs: the HR system's own, served here, and Appraise at `url`.
// Reads {supergraph, url, token, people, query, variables} from standard input; prints {answer, fetches}.

import { readFileSync } from "node:fs";
import { ApolloGateway, LocalGraphQLDataSource, RemoteGraphQLDataSource } from "@apollo/gateway";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse, validate } from "graphql";

const asked = JSON.parse(readFileSync(0, "utf8"));
const costCentre = (id) => `CC-${id}`;
const people = buildSubgraphSchema({
  typeDefs: parse(readFileSync(new URL("people.graphql", import.meta.url), "utf8")),
  resolvers: {
    Query: { employees: () => asked.people.map((id) => ({ id })) },
    Employee: { costCentre: ({ id }) => costCentre(id), __resolveReference: ({ id }) => ({ id }) },
  },
});

let fetches = 0;
class Appraise extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    fetches += 1;
    if (context.token) request.http.headers.set("authorization", `Bearer ${context.token}`);
  }
}

const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(asked.supergraph, "utf8"),
  buildService: ({ name }) => (name === "people" ? new LocalGraphQLDataSource(people) : new Appraise({ url: asked.url })),
});
const { schema, executor } = await gateway.load();
const document = parse(asked.query);
const mistakes = validate(schema, document);
if (mistakes.length > 0) throw mistakes[0];
const request = { query: asked.query, variables: asked.variables };
const context = { token: asked.token };
const answer = await executor({ request, document, operationName: null, queryHash: "one", context, schema, metrics: {} });
console.log(JSON.stringify({ answer, fetches }));
await gateway.stop();
