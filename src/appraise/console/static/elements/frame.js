// The page that a host shows in a frame: one section, by a token from the address's fragment, which never reaches a server.
// To the host it tells its height, whether words wait to be stored, and when it wants a newer token; from the host it
// takes that token and colours. It speaks to no other origin than the one that the page was made for.

import "./section.js";

const host = document.body.dataset.host ?? "";
const element = /** @type {import("./section.js").AppraiseSection} */ (document.querySelector("appraise-section"));
const COLOURS = /^--(paper|sheet|wash|ink|ink-soft|rule|edge|accent|on-accent|better|worse|unsure|serif|sans)$/;
const EARLY = 60_000; // milliseconds before the end at which a newer token is asked for

/** @param {Record<string, unknown>} message */
const tell = (message) => window.parent.postMessage({ from: "appraise", ...message }, host);

let asking = 0;

/** @param {string} token @param {string | undefined} expiresAt */
function take(token, expiresAt) {
  element.token = token;
  window.clearTimeout(asking);
  const left = Date.parse(expiresAt ?? "") - Date.now();
  if (left > 0) asking = window.setTimeout(() => tell({ type: "token" }), Math.max(left - EARLY, 0));
}

/** @param {{scheme?: string, properties?: Record<string, string>}} theme */
function colour({ scheme, properties = {} }) {
  const { style } = document.documentElement;
  if (scheme === "light" || scheme === "dark") style.colorScheme = scheme;
  for (const [name, value] of Object.entries(properties)) if (COLOURS.test(name)) style.setProperty(name, String(value));
}

window.addEventListener("message", (event) => {
  if (event.origin !== host || event.source !== window.parent) return;
  if (event.data?.type === "token" && typeof event.data.token === "string") take(event.data.token, event.data.expiresAt);
  if (event.data?.type === "theme") colour(event.data);
});
element.addEventListener("unsaved", (event) => tell({ type: "unsaved", unsaved: /** @type {CustomEvent} */ (event).detail }));
new ResizeObserver(() => tell({ type: "height", height: Math.ceil(document.body.getBoundingClientRect().height) })).observe(document.body);

const given = new URLSearchParams(window.location.hash.slice(1));
window.history.replaceState(null, "", window.location.pathname + window.location.search);
element.frame = host;
element.section = given.get("section") ?? "";
const token = given.get("token");
if (!token) tell({ type: "token" });
else take(token, given.get("expires") ?? undefined);
