import { Client, fetchExchange, type TypedDocumentNode } from "@urql/core";
import { initGraphQLTada, type VariablesOf } from "gql.tada";
import type { introspection } from "./schema.d.ts";

const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { Decimal: string; Date: string; DateTime: string };
}>();

const CYCLES = graphql(`query Cycles { cycles { id name } }`);
const SECTIONS = graphql(`
  query Sections($cycle: ID!, $after: String) {
    sections(cycle: $cycle, state: FINALISED, first: 50, after: $after) {
      nodes {
        total
        person { name }
        employee { externalReferences { namespace value } }
        items {
          indicator { key }
          result {
            __typename
            ... on EstimateResult { value lower upper }
            ... on Absence { kind }
          }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

const { APPRAISE_URL, APPRAISE_TOKEN } = process.env;
const client = new Client({
  url: `${APPRAISE_URL}/graphql`,
  exchanges: [fetchExchange],
  preferGetMethod: false,
  fetchOptions: { headers: { authorization: `Bearer ${APPRAISE_TOKEN}` } },
});

async function ask<Data, Variables extends object>(query: TypedDocumentNode<Data, Variables>, variables: Variables) {
  const { data, error } = await client.query(query, variables as never).toPromise();
  if (error || !data) throw error ?? new Error("no answer");
  return data;
}

const { cycles } = await ask(CYCLES, {});
const variables: VariablesOf<typeof SECTIONS> = { cycle: cycles[0].id };
do {
  const { sections } = await ask(SECTIONS, variables);
  if (!sections) throw new Error("the token's scopes do not open sections");
  for (const section of sections.nodes) {
    console.log(`${section.person.name}: total ${section.total ?? "none"}`);
    for (const { indicator, result } of section.items) {
      const told =
        result.__typename === "EstimateResult" ? `${result.value} (${result.lower} to ${result.upper})` : result.kind;
      console.log(`  ${indicator.key}: ${told}`);
    }
  }
  variables.after = sections.pageInfo.hasNextPage ? sections.pageInfo.endCursor : null;
} while (variables.after);
