// The clients of graphql-ws and graphql-sse have one form, and no helper for lists.
import { FOLLOW, PEOPLE, RATE, REFUSED } from "./documents.mjs";

export async function talkBy(client, { hidden, rating, section }) {
  const first = async (query, variables) => {
    for await (const result of client.iterate({ query, variables })) return result;
    throw new Error("nothing came");
  };
  const refused = await first(REFUSED, { id: hidden });
  const rated = await first(RATE, { input: rating });
  const followed = await first(FOLLOW, { ids: [section] });
  const names = [];
  for (let page, after = null; !page || page.pageInfo.hasNextPage; after = page.pageInfo.endCursor) {
    page = (await first(PEOPLE, { first: 2, after })).data.employees;
    names.push(...page.edges.map(({ node }) => node.name));
  }
  return {
    refused: { data: refused.data, codes: refused.errors.map((error) => error.extensions.code) },
    rated: rated.data.rateItem,
    followed: followed.data.sectionChanged,
    names,
  };
}
