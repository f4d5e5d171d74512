// urql: pages are joined in its normalised cache by its own resolver for Relay's lists.
import { Client, fetchExchange, gql, subscriptionExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { FOLLOW, PEOPLE, RATE, REFUSED } from "./documents.mjs";

export async function talk({ url, ws, token, hidden, rating, section }) {
  const authorization = `Bearer ${token}`;
  const socket = createClient({ url: ws, webSocketImpl: WebSocket, connectionParams: { authorization } });
  const within = () => null;
  const cache = cacheExchange({
    resolvers: { Query: { employees: relayPagination() } },
    keys: { Viewer: within, EmployeeConnection: within, EmployeeEdge: within, PageInfo: within },
  });
  const forwardSubscription = (operation) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...operation, query: operation.query ?? "" }, sink) }),
  });
  const exchanges = [cache, fetchExchange, subscriptionExchange({ forwardSubscription })];
  const client = new Client({ url, exchanges, fetchOptions: { headers: { authorization } } });

  const refused = await client.query(gql(REFUSED), { id: hidden }).toPromise();
  const rated = await client.mutation(gql(RATE), { input: rating }).toPromise();
  const followed = await new Promise((resolve) => {
    client.subscription(gql(FOLLOW), { ids: [section] }).subscribe(resolve);
  });
  let people = await client.query(gql(PEOPLE), { first: 2 }).toPromise();
  while (people.data.employees.pageInfo.hasNextPage) {
    people = await client.query(gql(PEOPLE), { first: 2, after: people.data.employees.pageInfo.endCursor }).toPromise();
  }
  return {
    refused: { data: refused.data, codes: refused.error.graphQLErrors.map((error) => error.extensions.code) },
    rated: rated.data.rateItem,
    followed: followed.data.sectionChanged,
    names: people.data.employees.edges.map(({ node }) => node.name),
  };
}
