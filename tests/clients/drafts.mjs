// Plays what somebody writes, and what the service answers, to the components' own rules: each step is a call, and what it leaves is told.

const { Drafts, missing, stuck } = await import(process.argv[2]);
const [steps, items] = JSON.parse(await new Response(process.stdin).text());
const drafts = new Drafts();
const told = [];
let sent = null;
const isSupported = (item, rating) => rating === null || item.supports.includes(rating);
for (const [name, ...given] of steps) {
  if (name === "next") sent = drafts.next();
  else if (["stored", "conflicted", "refused", "unanswered"].includes(name)) drafts[name](sent, ...given);
  else drafts[name](...given);
  told.push({ sent, status: drafts.status("a").kind, draft: drafts.draft("a")?.comment ?? null, isPending: drafts.isPending });
}
const lacks = (found) => found.map((one) => [one.item.id, one.lacks]);
process.stdout.write(JSON.stringify({ told, missing: lacks(missing(items, drafts, isSupported)), stuck: lacks(stuck(items, drafts)) }));
