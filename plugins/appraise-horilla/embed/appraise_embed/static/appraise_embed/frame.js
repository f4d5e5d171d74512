// A section of Appraise in a frame of the host's page. `view` is an address of the host's own backend that mints a token.

/** @type {WeakMap<Element, {view: string, frame?: HTMLIFrameElement}>} Element → what it shows, or is about to. */
const mounted = new WeakMap();

/** Hosts use one element for one document after another, and refresh it, in which no word may be lost. */
export async function mount(element, view) {
  const before = mounted.get(element);
  if (before?.view === view && (!before.frame || before.frame.isConnected)) return;
  const mine = { view };
  mounted.set(element, mine);
  element.replaceChildren();
  const minted = async () => {
    const answer = await fetch(view, { cache: "no-store", credentials: "same-origin" });
    const told = await answer.json().catch(() => ({}));
    const found = told.message ?? told; // Frappe wraps what its methods give
    if (!answer.ok || !found.token) throw new Error(found.problem ?? frappeSays(told) ?? `no section (${answer.status})`);
    return found;
  };
  let first;
  try {
    first = await minted();
  } catch (error) {
    if (mounted.get(element) !== mine) return;
    mounted.delete(element);
    element.textContent = String(error.message ?? error);
    return;
  }
  if (mounted.get(element) !== mine) return; // another document stands there now
  const origin = new URL(first.appraise).origin;
  const frame = document.createElement("iframe");
  frame.title = "Appraise";
  frame.style.cssText = "width: 100%; border: 0";
  let isUnsaved = false;

  window.addEventListener("message", async (event) => {
    if (!frame.isConnected || event.origin !== origin || event.source !== frame.contentWindow) return;
    const { type, height, unsaved } = event.data;
    if (type === "height") frame.style.height = `${height}px`;
    if (type === "unsaved") isUnsaved = unsaved;
    if (type === "token") {
      const { token, expiresAt } = await minted();
      frame.contentWindow?.postMessage({ type: "token", token, expiresAt }, origin);
    }
  });
  window.addEventListener("beforeunload", (event) => frame.isConnected && isUnsaved && event.preventDefault());

  const language = document.documentElement.lang || "en";
  const secret = new URLSearchParams({ section: first.section, token: first.token, expires: first.expiresAt });
  // What follows # stays in the browser.
  frame.src = `${first.appraise}/embed?${new URLSearchParams({ origin: location.origin, lang: language })}#${secret}`;
  mine.frame = frame;
  element.replaceChildren(frame);
}

/** What Frappe throws comes as a text of texts. */
function frappeSays(told) {
  const [first] = JSON.parse(told._server_messages ?? "[]");
  return first && JSON.parse(first).message;
}

for (const element of document.querySelectorAll("[data-appraise-view]")) mount(element, element.dataset.appraiseView);
