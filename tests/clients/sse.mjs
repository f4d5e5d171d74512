import { createClient } from "graphql-sse";
import { talkBy } from "./iterated.mjs";

export const talk = (asked) =>
  talkBy(createClient({ url: asked.url, headers: { authorization: `Bearer ${asked.token}` } }), asked);
