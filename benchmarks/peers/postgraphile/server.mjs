// PostGraphile 5 on Node's own HTTP server, over the tables and the views of peer.sql. With a secret it takes bearer
// tokens (JWT) and reads with the role and the claims that they name, as its documentation has it.
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { grafserv } from "postgraphile/grafserv/node";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { PgLazyJWTPreset } from "postgraphile/presets/lazy-jwt";

const [url, port, secret] = process.argv.slice(2);
const preset = {
  extends: secret ? [PostGraphileAmberPreset, PgLazyJWTPreset] : [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString: url, schemas: ["peer"] })],
  grafserv: { graphiql: false, watch: false, websockets: false, maxRequestLength: 1_000_000, ...(secret && { pgJwtSecret: secret }) },
  grafast: { explain: false },
};
const server = createServer();
const serv = postgraphile(preset).createServ(grafserv);
await serv.addTo(server);
server.listen(Number(port), "127.0.0.1", () => console.log("ready"));
