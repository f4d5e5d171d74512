// What a page of Relay's is made of: a query, fragments, a connection, a fragment read again by `node`, a change.
import { graphql } from "relay-runtime";

export const person = graphql`
  fragment People_person on Employee @refetchable(queryName: "PeoplePersonQuery") {
    name
    job
    manager {
      name
    }
  }
`;

export const page = graphql`
  fragment People_page on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, after: { type: "String" })
  @refetchable(queryName: "PeoplePageQuery") {
    employees(first: $count, after: $after) @connection(key: "People_employees") {
      edges {
        node {
          id
          ...People_person
        }
      }
    }
  }
`;

export const query = graphql`
  query PeopleQuery {
    viewer {
      name
    }
    ...People_page
  }
`;

export const rate = graphql`
  mutation PeopleRateMutation($input: RateItemInput!) {
    rateItem(input: $input) {
      section {
        id
        total
      }
      userErrors {
        code
        message
      }
    }
  }
`;

export const follow = graphql`
  subscription PeopleFollowSubscription($ids: [ID!]!) {
    sectionChanged(ids: $ids) {
      kind
      section {
        id
        state
      }
    }
  }
`;
