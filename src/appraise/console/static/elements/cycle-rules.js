// The fields of a cycle's rules, for a new cycle and for one that is there.

import { html } from "lit";
import { t } from "./language.js";

const DEFAULTS = { calibrates: false, rateBy: null, responseDays: 14, mostDisputes: 2, dottedParts: false, hostScale: null };

/** @typedef {{calibrates: boolean, rateBy: string | null, responseDays: number, mostDisputes: number, dottedParts: boolean, hostScale: {lowest: string, highest: string, step: string} | null}} Rules */

/** @param {Rules} rules */
export function ruleFields(rules = DEFAULTS) {
  const scale = rules.hostScale;
  return html`<div class="fields">
      <label><span>${t`Managers hand in by`}</span><input type="date" name="rateBy" .value=${rules.rateBy ?? ""} /><small>${t`Reminders count towards this day.`}</small></label>
      <label><span>${t`Days to answer`}</span><input type="number" name="responseDays" min="1" max="45" required .value=${String(rules.responseDays)} /><small>${t`How long employees have after it is shared with them, 1 to 45.`}</small></label>
      <label><span>${t`Objections to one rating`}</span><input type="number" name="mostDisputes" min="0" max="5" required .value=${String(rules.mostDisputes)} /><small>${t`How many disputes each employee may file, 0 to 5.`}</small></label>
    </div>
    <label class="check"><input type="checkbox" name="calibrates" ?checked=${rules.calibrates} /> ${t`Sections are compared in calibration sessions; otherwise a manager further up approves each`}</label>
    <label class="check"><input type="checkbox" name="dottedParts" ?checked=${rules.dottedParts} /> ${t`Dotted managers are asked for their view, which the manager reads and which counts for nothing`}</label>
    <fieldset @input=${together}>
      <legend>${t`The HR system’s scale`}</legend>
      <small>${t`Totals are written to it on this scale. Leave all three empty where nothing is written.`}</small>
      <div class="fields">
        <label><span>${t`Worst value`}</span><input type="number" step="any" name="lowest" .value=${scale?.lowest ?? ""} /></label>
        <label><span>${t`Best value`}</span><input type="number" step="any" name="highest" .value=${scale?.highest ?? ""} /></label>
        <label><span>${t`Step`}</span><input type="number" step="any" min="0" name="step" .value=${scale?.step ?? ""} /></label>
      </div>
    </fieldset>`;
}

/** A scale has all three or none. @param {Event} event */
function together(event) {
  const inputs = /** @type {HTMLFieldSetElement} */ (event.currentTarget).querySelectorAll("input");
  const isNamed = [...inputs].some((input) => input.value !== "");
  for (const input of inputs) input.required = isNamed;
}

/** @param {Record<string, string | null>} written */
export function rulesOf(written) {
  const { lowest, highest, step } = written;
  return {
    calibrates: written.calibrates === "on",
    rateBy: written.rateBy,
    responseDays: Number(written.responseDays),
    mostDisputes: Number(written.mostDisputes),
    dottedParts: written.dottedParts === "on",
    hostScale: lowest === null && highest === null && step === null ? null : { lowest: lowest ?? "", highest: highest ?? "", step: step ?? "" },
  };
}
