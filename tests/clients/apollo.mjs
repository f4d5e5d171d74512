// Apollo Client: pages are joined in its cache by its own policy for Relay's lists.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { FOLLOW, PEOPLE, RATE, REFUSED } from "./documents.mjs";

export async function talk({ url, ws, token, hidden, rating, section }) {
  const authorization = `Bearer ${token}`;
  const socket = createClient({ url: ws, webSocketImpl: WebSocket, connectionParams: { authorization } });
  const link = ApolloLink.split(
    ({ operationType }) => operationType === "subscription",
    new GraphQLWsLink(socket),
    new HttpLink({ uri: url, headers: { authorization } }),
  );
  const cache = new InMemoryCache({ typePolicies: { Query: { fields: { employees: relayStylePagination() } } } });
  const client = new ApolloClient({ link, cache });

  const refused = await client.query({ query: gql(REFUSED), variables: { id: hidden }, errorPolicy: "all" });
  const rated = await client.mutate({ mutation: gql(RATE), variables: { input: rating } });
  const followed = await new Promise((resolve, reject) => {
    client.subscribe({ query: gql(FOLLOW), variables: { ids: [section] } }).subscribe({ next: resolve, error: reject });
  });
  const people = client.watchQuery({ query: gql(PEOPLE), variables: { first: 2 } });
  let page = await new Promise((resolve, reject) => {
    people.subscribe({ next: (result) => result.loading || resolve(result), error: reject });
  });
  while (page.data.employees.pageInfo.hasNextPage) {
    page = await people.fetchMore({ variables: { after: page.data.employees.pageInfo.endCursor } });
  }
  const joined = cache.readQuery({ query: gql(PEOPLE), variables: { first: 2 } });
  return {
    refused: { data: refused.data, codes: refused.error.errors.map((error) => error.extensions.code) },
    rated: rated.data.rateItem,
    followed: followed.data.sectionChanged,
    names: joined.employees.edges.map(({ node }) => node.name),
  };
}
