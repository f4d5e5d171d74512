// What every client asks in its conversation.
export const REFUSED = `query Refused($id: ID!) { viewer { name } employee(by: { id: $id }) { id name } }`;
export const RATE = `mutation Rate($input: RateItemInput!) {
  rateItem(input: $input) { section { id version } userErrors { code path message } }
}`;
export const FOLLOW = `subscription Follow($ids: [ID!]!) { sectionChanged(ids: $ids) { kind version sectionId } }`;
export const PEOPLE = `query People($first: Int!, $after: String) {
  employees(first: $first, after: $after) {
    edges { cursor node { id name } }
    pageInfo { endCursor startCursor hasNextPage hasPreviousPage }
  }
}`;
