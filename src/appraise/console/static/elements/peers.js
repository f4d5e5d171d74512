// <appraise-peers>: where the colleagues of the department lie on one indicator, beside the figure; looked up when it is
// opened, for all items of a section at once.

import { css, html, nothing } from "lit";
import { RequestFailed } from "./client.js";
import { failed } from "./failed.js";
import { Spoken, language, plural, t } from "./language.js";
import { ReadPeers } from "./operations.js";
import { among } from "./picture.js";
import { pictures, shared } from "./styles.js";
import { figure } from "./words.js";

/** By client; what is read is the same for all items. @type {WeakMap<import("./client.js").Client, Map<string, Promise<any[]>>>} */
const READ = new WeakMap();

/** @param {import("./client.js").Client} client @param {string} section @returns {Promise<any[]>} */
function peersOf(client, section) {
  const known = READ.get(client) ?? new Map();
  READ.set(client, known);
  const key = `${section} ${language()}`;
  if (!known.has(key)) {
    const read = client.send(ReadPeers, { id: section }).then((answer) => answer.section.items);
    read.catch(() => known.delete(key));
    known.set(key, read);
  }
  return known.get(key);
}

export class AppraisePeers extends Spoken {
  static properties = {
    client: { attribute: false },
    section: { attribute: false },
    item: { attribute: false },
    _found: { state: true },
    _failure: { state: true },
  };

  constructor() {
    super();
    /** @type {import("./client.js").Client | undefined} */
    this.client = undefined;
    this.section = "";
    /** @type {any} */
    this.item = null;
    /** @type {any} */
    this._found = null;
    /** @type {RequestFailed | null} */
    this._failure = null;
  }

  firstUpdated() {
    this.#read();
  }

  languageChanged() {
    super.languageChanged();
    this.#read();
  }

  async #read() {
    try {
      const items = await peersOf(/** @type {import("./client.js").Client} */ (this.client), this.section);
      this._found = items.find((one) => one.id === this.item.id).benchmark;
      this._failure = null;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this._failure = error;
    }
  }

  render() {
    if (this._failure !== null) return failed(this._failure, this.client?.token ?? null, () => this.#read());
    if (this._found === null) return html`<p class="soft" role="status">${t`Looking the colleagues up …`}</p>`;
    if (this._found.__typename === "Absence") return html`<p>${this._found.sentence}</p>`;
    return this.#band(this._found);
  }

  /** @param {import("./picture.js").Peers & {group: string, others: number}} peers */
  #band(peers) {
    const { indicator, result } = this.item;
    const told = (/** @type {string} */ value) => figure(value, indicator.unit);
    return html`<p>${plural(peers.others, "In {0} {n} colleague has a figure.", "In {0} {n} colleagues have a figure.", peers.group)}
        ${t`Half of the department lie between ${told(peers.lowerQuartile)} and ${told(peers.upperQuartile)}, around ${told(peers.middle)}.`}</p>
      ${result.__typename === "EstimateResult" ? html`<figure>${among(result, indicator, peers)}</figure>` : nothing}
      <p class="soft small">${t`What chance does to figures is taken out. It says where people are, not where anybody should be: colleagues may have other customers, and what is expected of this section is the dashed line.`}</p>`;
  }

  static styles = [
    shared,
    pictures,
    css`
      :host { display: grid; gap: var(--s2); padding-block: var(--s2) var(--s3); max-width: var(--measure); }
      figure { max-width: 32rem; }
    `,
  ];
}

customElements.define("appraise-peers", AppraisePeers);
