// Whoever works by keyboard keeps their place: what had the focus and is gone, or is switched off for a moment, hands it on.

const FIELDS = ["input:not([type=hidden])", "select", "textarea", "button", "a[href]", "summary"].join();
const PLACES = ["section", "article", "li", "form", "dialog"].join();

/** What a component remembers before it draws itself anew. @typedef {{had: Element, above: Element[], forms: Set<Element>}} Place */

/** @param {ShadowRoot} root @returns {Place | null} null where the focus is elsewhere */
export function placeOf(root) {
  const had = root.activeElement;
  if (had === null) return null;
  const above = [];
  for (let one = had.parentElement; one !== null; one = one.parentElement) if (one.matches(PLACES)) above.push(one);
  return { had, above, forms: new Set(root.querySelectorAll("form")) };
}

/**
 * After it has drawn itself: a form that came instead, else the nearest part of the page that is still there.
 * @param {ShadowRoot} root @param {Place} place
 * @returns {boolean} whether it is to be looked at again, as what had the focus is only switched off
 */
export function handOn(root, { had, above, forms }) {
  if (had.isConnected && had.matches(":disabled")) return true;
  if (!isNowhere()) return false;
  if (had.isConnected) {
    /** @type {HTMLElement} */ (had).focus();
    return false;
  }
  const form = [...root.querySelectorAll("form")].find((one) => !forms.has(one));
  const field = /** @type {HTMLElement | null | undefined} */ (form?.querySelector(FIELDS));
  const part = above.find((one) => one.isConnected);
  if (field) field.focus();
  else if (part) focusOn(part, { preventScroll: true }); // it was before the eyes
  else focusOn(root.querySelector("h1, h2") ?? root.host);
  return false;
}

/** Whether nothing has the focus, or what has it is switched off and about to lose it. */
function isNowhere() {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  return one === null || one === document.body || one.matches(":disabled");
}

/** @param {Element} one @param {FocusOptions} [how] */
function focusOn(one, how) {
  if (!one.hasAttribute("tabindex")) one.setAttribute("tabindex", "-1");
  /** @type {HTMLElement} */ (one).focus(how);
}
