// Composes the subgraph beside a second one with both composers: `node compose.mjs apollo|guild SUBGRAPH [--out FILE]`.
// Prints the errors and ends with 1 where there are any.

import { readFileSync, writeFileSync } from "node:fs";
import { composeServices as composeByApollo } from "@apollo/composition";
import { composeServices as composeByGuild } from "@theguild/federation-composition";
import { parse } from "graphql";

const [composer, file, , out] = process.argv.slice(2);
const people = readFileSync(new URL("people.graphql", import.meta.url), "utf8");
const services = [
  { name: "people", url: "http://127.0.0.1/people", typeDefs: parse(people) },
  { name: "appraise", url: "http://127.0.0.1/subgraph", typeDefs: parse(readFileSync(file, "utf8")) },
];
const result = composer === "apollo" ? composeByApollo(services) : composeByGuild(services);
for (const error of result.errors ?? []) console.error(error.message);
if (result.errors?.length) process.exit(1);
if (out !== undefined) writeFileSync(out, result.supergraphSdl);
for (const hint of result.hints ?? []) console.log(`hint ${hint.definition?.code ?? ""}: ${hint.message}`);
