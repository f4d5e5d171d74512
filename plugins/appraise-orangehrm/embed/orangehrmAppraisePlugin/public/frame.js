// A section of Appraise in a frame of the host's page. `view` is an address of the host's own backend that mints a token.

export async function mount(element, view) {
  const minted = async () => {
    const answer = await fetch(view, { cache: "no-store", credentials: "same-origin" });
    const told = await answer.json();
    const found = told.message ?? told; // Frappe wraps what its methods give
    if (!answer.ok || !found.token) throw new Error(found.problem ?? `no section (${answer.status})`);
    return found;
  };
  let first;
  try {
    first = await minted();
  } catch (error) {
    element.textContent = String(error.message ?? error);
    return;
  }
  const origin = new URL(first.appraise).origin;
  const frame = document.createElement("iframe");
  frame.title = "Appraise";
  frame.style.cssText = "width: 100%; border: 0";
  let isUnsaved = false;

  window.addEventListener("message", async (event) => {
    if (event.origin !== origin || event.source !== frame.contentWindow) return;
    const { type, height, unsaved } = event.data;
    if (type === "height") frame.style.height = `${height}px`;
    if (type === "unsaved") isUnsaved = unsaved;
    if (type === "token") {
      const { token, expiresAt } = await minted();
      frame.contentWindow.postMessage({ type: "token", token, expiresAt }, origin);
    }
  });
  window.addEventListener("beforeunload", (event) => isUnsaved && event.preventDefault());

  const language = document.documentElement.lang || "en";
  const secret = new URLSearchParams({ section: first.section, token: first.token, expires: first.expiresAt });
  // What follows # stays in the browser.
  frame.src = `${first.appraise}/embed?${new URLSearchParams({ origin: location.origin, lang: language })}#${secret}`;
  element.replaceChildren(frame);
}

for (const element of document.querySelectorAll("[data-appraise-view]")) mount(element, element.dataset.appraiseView);
