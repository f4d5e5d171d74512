// The language of the page. English is the text in the code; every other language is a catalogue of it.

import { LitElement } from "lit";
import { handOn, placeOf } from "./focus.js";

/** @typedef {Record<string, string | Record<string, string>>} Catalogue a message that counts has a form for each plural category */

/** @type {Record<string, () => Promise<{look: (key: string) => string | Record<string, string> | undefined}>>} */
const CATALOGUES = {
  de: async () => from((await import("./languages/de.js")).MESSAGES),
  "en-XA": async () => ({ look: (await import("./languages/pseudo.js")).accented }),
  "ar-XB": async () => ({ look: (await import("./languages/pseudo.js")).mirrored }),
};
const RIGHT_TO_LEFT = ["ar", "fa", "he", "ur"];

/** @param {Catalogue} messages */
const from = (messages) => ({ look: (/** @type {string} */ key) => messages[key] });

const english = from({});
let spoken = "en";
let locale = localeOf("en");
let catalogue = english;
/** @type {Promise<void> | null} */
let coming = null;
/** @type {Set<Spoken>} */
const speakers = new Set();

/** The tag of the language that is spoken. */
export const language = () => spoken;

/** The locale for figures, dates and the order of names. */
export const region = () => locale;

/** As the reader writes it: region and all, where the browser names one of this language. @param {string} tag */
function localeOf(tag) {
  const [base, variant] = tag.split("-");
  if (variant?.startsWith("X")) return base; // pseudo-languages have no locale of their own
  return variant === undefined ? (navigator.languages.find((one) => one.split("-")[0] === base) ?? tag) : tag;
}

/** The first that there are words in. @param {readonly string[]} wanted @returns {string} */
function best(wanted) {
  for (const tag of wanted) {
    if (tag in CATALOGUES) return tag;
    const [base] = tag.split("-");
    if (base === "en" || base in CATALOGUES) return tag;
  }
  return "en";
}

/** Speaks a language from now on, in every component of the page. @param {string} wanted */
function speak(wanted) {
  const tag = best([wanted, ...navigator.languages].filter(Boolean));
  if (tag === spoken) return;
  spoken = tag;
  const load = CATALOGUES[tag] ?? CATALOGUES[tag.split("-")[0]] ?? (async () => english);
  const whole = load().catch(() => english); // English words are better than none
  coming = whole.then((loaded) => {
    if (spoken !== tag) return;
    [catalogue, locale, coming] = [loaded, localeOf(tag), null];
    for (const speaker of speakers) speaker.languageChanged();
  });
}

/**
 * What all components are: words in the page's language, which the outermost one says by `lang`, and a focus that is not
 * lost when the component draws itself anew.
 */
export class Spoken extends LitElement {
  /** @type {import("./focus.js").Place | null} whose focus is to be handed on once it is known what came of it */
  #place = null;

  static get observedAttributes() {
    return [...super.observedAttributes, "lang"];
  }

  connectedCallback() {
    super.connectedCallback();
    speakers.add(this);
    this.#choose();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    speakers.delete(this);
  }

  /** @param {string} name @param {string | null} old @param {string | null} value */
  attributeChangedCallback(name, old, value) {
    super.attributeChangedCallback(name, old, value);
    if (name === "lang" && this.isConnected) this.#choose();
  }

  /** @param {Map<PropertyKey, unknown>} changed */
  update(changed) {
    const root = /** @type {ShadowRoot} */ (this.renderRoot);
    const place = placeOf(root) ?? this.#place;
    super.update(changed);
    this.#place = place !== null && handOn(root, place) ? place : null;
  }

  /** What was read in the other language is for whoever read it to read again. */
  languageChanged() {
    this.#mark();
    this.requestUpdate();
  }

  #choose() {
    if (this.#isInner) return;
    speak(/** @type {HTMLElement | null} */ (this.closest("[lang]"))?.lang ?? "");
    this.#mark();
  }

  get #isInner() {
    const root = this.getRootNode();
    return root instanceof ShadowRoot && root.host instanceof Spoken;
  }

  #mark() {
    if (this.#isInner) return;
    this.dir = RIGHT_TO_LEFT.includes(spoken.split("-")[0]) ? "rtl" : "ltr";
    if (this.closest("[lang]") !== null && /** @type {HTMLElement} */ (this.closest("[lang]")).lang !== spoken) this.lang = spoken;
  }

  /** Waits for the words. */
  async scheduleUpdate() {
    while (coming !== null) await coming;
    return super.scheduleUpdate();
  }
}

/** @type {WeakMap<TemplateStringsArray, string>} */
const keys = new WeakMap();

/** The text that is looked up, e.g. `Saved at {0}.` @param {TemplateStringsArray} strings */
function keyOf(strings) {
  let key = keys.get(strings);
  if (key === undefined) {
    key = strings.reduce((text, part, place) => `${text}{${place - 1}}${part}`).replace(/[ \n]+/g, " ");
    keys.set(strings, key);
  }
  return key;
}

/**
 * A message: t`Saved at ${time}.` Numbers are written as the locale writes them.
 * @param {TemplateStringsArray} strings @param {any[]} values
 * @returns {any} text; where a value is a template or `nothing`, what Lit renders as the parts in their order
 */
export const t = (strings, ...values) => filled(/** @type {string} */ (translated(keyOf(strings))), values);

/**
 * A message that counts: plural(lines, "{n} line", "{n} lines").
 * @param {number} count @param {string} one @param {string} other the text that is looked up @param {any[]} values
 * @returns {any} as of `t`
 */
export function plural(count, one, other, ...values) {
  const found = catalogue.look(other);
  const isOwn = typeof found === "object"; // else the forms are those of English
  const forms = isOwn ? found : { one: catalogue.look(one) ?? one, other: found ?? other };
  const form = /** @type {string} */ (forms[isOwn ? format(Intl.PluralRules).select(count) : count === 1 ? "one" : "other"] ?? forms.other);
  return filled(form.replaceAll("{n}", number(count)), values);
}

/** @param {string} key */
const translated = (key) => catalogue.look(key) ?? key;

/** A table of messages, each in the language of the moment at which it is read. @template {Record<string, string | string[]>} T @param {T} table @returns {T} */
export function words(table) {
  const told = Object.entries(table).map(([name, text]) => [
    name,
    { enumerable: true, get: () => (Array.isArray(text) ? text.map(translated) : translated(text)) },
  ]);
  return Object.defineProperties(/** @type {any} */ ({}), Object.fromEntries(told));
}

/** @param {string} text @param {any[]} values */
function filled(text, values) {
  const parts = text.split(/\{(\d+)\}/).map((part, place) => (place % 2 === 0 ? part : written(values[Number(part)])));
  return parts.every((part) => typeof part === "string") ? parts.join("") : parts.flat();
}

/** @param {any} value */
const written = (value) => (typeof value === "number" ? number(value) : (value ?? ""));

/** @type {Map<string, any>} */
const formats = new Map();

/**
 * How the reader's locale writes something. Kept, as making one takes as long as writing a hundred figures.
 * @template T @param {new (locale: string, how?: any) => T} kind e.g. `Intl.NumberFormat` @param {object} [how] its options
 * @returns {T}
 */
export function format(kind, how) {
  const key = `${kind.name} ${locale} ${JSON.stringify(how)}`;
  let found = formats.get(key);
  if (found === undefined) {
    found = new kind(locale, how);
    formats.set(key, found);
  }
  return found;
}

/** @param {number} value @param {Intl.NumberFormatOptions} [how] */
export const number = (value, how) => format(Intl.NumberFormat, how).format(value);
