// How the pages of administration are set: headings, rows, tables, forms, facts.

import { css } from "lit";

export const sheets = css`
  .title { padding-bottom: var(--s5); display: grid; gap: var(--s2); }
  h1 { font: 400 var(--size-head) / 1.12 var(--serif); letter-spacing: -0.02em; overflow-wrap: anywhere; }
  h2 { font: 500 var(--size-title) / 1.3 var(--serif); }
  h3 { font: 600 var(--size-text) / 1.3 var(--sans); }
  .lead { max-width: var(--measure); text-wrap: pretty; }
  section { border-top: 1px solid var(--ink); padding-block: var(--s4) var(--s6); display: grid; gap: var(--s3); }
  section > * { min-width: 0; }
  .empty { padding-block: var(--s5); font: 400 var(--size-lead) / 1.5 var(--serif); }
  .notice { margin-bottom: var(--s4); max-width: calc(var(--measure) + var(--s8)); }
  .notice p + p, .notice ul { margin-top: var(--s2); }
  .notice ul { padding-inline-start: 1.1em; }
  .good { --tone: var(--better); }
  .notice.good { border-color: var(--better); }
  code, .code { font: 400 0.9375em / 1.5 ui-monospace, monospace; overflow-wrap: anywhere; }

  .rows { list-style: none; border-top: 1px solid var(--rule); }
  .rows > li { border-bottom: 1px solid var(--rule); padding-block: var(--s3); display: grid; gap: var(--s1) var(--s4); align-items: baseline; }
  .rows > li > * { min-width: 0; overflow-wrap: anywhere; }
  .rows .name { font: 500 1.1875rem / 1.35 var(--serif); }
  .actions { display: flex; flex-wrap: wrap; gap: var(--s2) var(--s4); align-items: center; }
  .number { font-variant-numeric: tabular-nums lining-nums; }
  .chip { font-weight: 600; font-size: var(--size-small); border-bottom: 3px solid var(--tone, var(--rule)); white-space: nowrap; justify-self: start; }
  .chip.bad { --tone: var(--worse); }
  .chip.now { --tone: var(--accent); }

  .scroll { overflow-x: auto; max-width: 100%; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums lining-nums; min-width: 30rem; }
  caption { text-align: start; font-weight: 600; padding-bottom: var(--s2); }
  th, td { text-align: start; padding-block: var(--s2); padding-inline: 0 var(--s4); border-top: 1px solid var(--rule); vertical-align: baseline; font-weight: 400; }
  thead th { font-size: var(--size-small); font-weight: 600; border-top: 0; vertical-align: bottom; }
  td.number, th.number { text-align: end; }

  .wide { grid-column: 1 / -1; }
  form.card { background: var(--wash); border-radius: var(--corner); padding: var(--s4); display: grid; gap: var(--s4); max-width: calc(var(--measure) + var(--s8)); }
  .fields { display: grid; gap: var(--s3) var(--s4); grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); align-items: start; }
  label, legend { font-size: var(--size-small); font-weight: 600; }
  label > span { display: block; margin-bottom: var(--s1); }
  label > small, fieldset > small { display: block; font-size: var(--size-small); font-weight: 400; color: var(--ink-soft); margin-top: var(--s1); }
  label input:not([type="checkbox"], [type="radio"]), label select, label textarea { width: 100%; font-size: 1rem; font-weight: 400; min-height: 2.75rem; }
  label.check { display: flex; gap: var(--s2); align-items: baseline; font-weight: 400; font-size: 1rem; padding-block: var(--s1); }
  label.check input { flex: none; width: 1.1rem; height: 1.1rem; position: relative; top: 0.15rem; }
  textarea.code { width: 100%; min-height: 16rem; white-space: pre; overflow-x: auto; }
  progress { width: 100%; max-width: 24rem; height: 0.75rem; accent-color: var(--accent); }
  dl.facts { display: grid; gap: var(--s2) var(--s5); grid-template-columns: repeat(auto-fill, minmax(min(100%, 11rem), 1fr)); }
  dl.facts dt { font-size: var(--size-small); color: var(--ink-soft); }
  dl.facts dd { font-weight: 600; overflow-wrap: anywhere; }
  summary { cursor: pointer; color: var(--accent); width: fit-content; padding-block: var(--s1); }
  @media print {
    form, .actions, summary, progress { display: none; }
    li, tr { break-inside: avoid; }
    .scroll { overflow: visible; }
  }
`;
