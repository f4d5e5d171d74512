// A conversation by one client: `node conversation.mjs apollo|urql|ws|sse`, with {url, ws, token, hidden, rating, section}
// on standard input. Prints what the client made of it: {refused, rated, followed, names}.
import { readFileSync } from "node:fs";

const asked = JSON.parse(readFileSync(0, "utf8"));
const { talk } = await import(`./${process.argv[2]}.mjs`);
console.log(JSON.stringify(await talk(asked)));
process.exit(0); // some clients keep their connection open for a while
