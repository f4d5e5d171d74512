// GraphiQL over the session of whoever is signed in, with queries to begin with. Nothing of it outlives the tab.

const WHO = `# Who you are, what you may do, and the cycles there are.
query WhoAmI {
  viewer { name roles areas permissions }
  cycles { id name start end }
}`;

const PEOPLE = `# The people whom you may see, page by page: pass endCursor as after to read on.
query People($after: String) {
  employees(first: 20, after: $after) {
    totalCount
    nodes { id name job department { name } managerName }
    pageInfo { hasNextPage endCursor }
  }
}`;

const SECTIONS = `# The sections of a cycle: where each stands and what is left to rate.
query Sections($cycle: ID!, $after: String) {
  sections(cycle: $cycle, first: 20, after: $after) {
    totalCount
    nodes { id state total itemsToRate observedWeight person { name job managerName } }
    pageInfo { hasNextPage endCursor }
  }
}`;

const FIGURES = `# One section with its figures. Reading somebody else's is written to the audit log.
query Figures($section: ID!) {
  section(id: $section) {
    state
    version
    allowedActions
    items {
      id
      indicator { key name unit }
      weight
      result {
        ... on EstimateResult { value lower upper expected isBetter verdict evidence { sentence } working { sentences } }
        ... on Absence { kind reason }
      }
    }
  }
}`;

const FOLLOW = `# What happens to a section, from now on.
subscription Follow($section: ID!) {
  sectionChanged(ids: [$section]) { kind version at section { state total } }
}`;

const QUERIES = [WHO, PEOPLE, SECTIONS, FIGURES, FOLLOW];
const IDS = `query { cycles { id } }`;
const FIRST_SECTION = `query ($cycle: ID!) { sections(cycle: $cycle, first: 1) { nodes { id } } }`;

/** @param {unknown} body @param {string} accept @param {AbortSignal} [signal] */
function send(body, accept, signal) {
  const headers = { "content-type": "application/json", accept, "x-appraise-request": "1" };
  return fetch("/graphql", { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin", signal });
}

/** @param {unknown} body */
async function answer(body) {
  return (await send(body, "application/graphql-response+json, application/json;q=0.9")).json();
}

/** The events of a subscription, as server-sent events bring them. @param {unknown} body */
async function* followed(body) {
  const ends = new AbortController();
  try {
    const response = await send(body, "text/event-stream", ends.signal);
    if (response.body === null || !response.headers.get("content-type")?.startsWith("text/event-stream")) {
      yield await response.json();
      return;
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const blocks = (text + part.value).split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = block.split("\n").find((line) => line.startsWith("data: "))?.slice(6);
        if (block.includes("event: next") && data) yield JSON.parse(data);
      }
    }
  } finally {
    ends.abort();
  }
}

/** Ids for the queries to begin with: the newest cycle, and one of its sections. */
async function ids() {
  const cycle = (await answer({ query: IDS })).data?.cycles[0]?.id;
  if (!cycle) return {};
  const found = await answer({ query: FIRST_SECTION, variables: { cycle } });
  return { cycle, section: found.data?.sections?.nodes[0]?.id };
}

/** @param {string} query @param {Record<string, string>} known */
function tab(query, known) {
  const wanted = Object.entries(known).filter(([name, value]) => value && query.includes(`$${name}:`));
  return { query, variables: JSON.stringify(Object.fromEntries(wanted), null, 2) };
}

const known = await ids();
const { GraphiQL, React, ReactDOM } = /** @type {any} */ (globalThis);
Object.assign(globalThis, { __webpack_nonce__: document.body.dataset.nonce }); // by which the page's policy admits a style
const OPERATION = /^\s*(query|mutation|subscription)\s+(\w+)/gm;
const fetcher = (/** @type {{query: string, operationName?: string}} */ asked) => {
  // Right after a change of tabs the name may still be that of the tab before.
  const named = [...asked.query.matchAll(OPERATION)];
  const chosen = named.find(([, , name]) => name === asked.operationName) ?? (named.length === 1 ? named[0] : undefined);
  const request = { ...asked, operationName: chosen?.[2] };
  return chosen?.[1] === "subscription" ? followed(request) : answer(request);
};
ReactDOM.createRoot(document.getElementById("explorer")).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultTabs: QUERIES.map((query) => tab(query, known)),
    storage: sessionStorage,
    isHeadersEditorEnabled: false,
    shouldPersistHeaders: false,
  }),
);
