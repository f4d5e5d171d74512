import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { talkBy } from "./iterated.mjs";

export const talk = (asked) => {
  const connectionParams = { authorization: `Bearer ${asked.token}` };
  return talkBy(createClient({ url: asked.ws, webSocketImpl: WebSocket, connectionParams }), asked);
};
