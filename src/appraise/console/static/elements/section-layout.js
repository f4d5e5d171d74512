// How a section is laid out: the items, and beside them what is said of all of them.

import { css } from "lit";

export const layout = css`
  .notice.unreviewed { margin-top: var(--s3); }
  .frame { container: section / inline-size; }
  header { padding-bottom: var(--s6); }
  h1, .ghost-head { font: 400 var(--size-head) / 1.12 var(--serif); letter-spacing: -0.02em; margin-block: var(--s1) var(--s2); overflow-wrap: anywhere; }
  .lead { font: 400 var(--size-lead) / 1.4 var(--serif); color: var(--ink-soft); }
  .steps { list-style: none; display: flex; flex-wrap: wrap; gap: var(--s2) var(--s5); margin-top: var(--s5); font-size: var(--size-small); }
  .steps li { color: var(--ink-soft); border-top: 3px solid var(--rule); padding-top: var(--s1); flex: 1 1 6.5rem; max-width: 11rem; }
  .steps .reached { border-color: var(--accent); }
  .steps [aria-current] { color: var(--ink); font-weight: 700; }
  .columns { display: grid; gap: var(--s5) var(--s7); grid-template-columns: minmax(0, 1fr); }
  .items { min-width: 0; }
  .legend { padding-bottom: var(--s5); }
  .items > .notice { margin-bottom: var(--s5); }
  .context { border-top: 1px solid var(--rule); padding-block: var(--s4); }
  .context summary { cursor: pointer; color: var(--accent); width: fit-content; padding-block: var(--s1); }
  .context > p { margin-block: var(--s2) var(--s4); }
  aside { border-top: 1px solid var(--ink); }
  aside section { padding-block: var(--s4); border-bottom: 1px solid var(--rule); }
  aside section:last-of-type { border-bottom: 0; }
  aside h2 { font: 600 var(--size-text) / 1.3 var(--sans); margin-bottom: var(--s2); }
  .total { font: 400 2rem / 1.15 var(--serif); font-variant-numeric: lining-nums tabular-nums; margin-bottom: var(--s2); min-height: 2.3rem; }
  .total span { font: 400 var(--size-text) / 1 var(--sans); color: var(--ink-soft); }
  .missing { list-style: none; }
  .deeds { display: flex; flex-wrap: wrap; gap: var(--s3); margin-top: var(--s3); }
  code { font-size: 0.95em; }
  blockquote { margin: var(--s2) 0 0; font: italic 400 var(--size-text) / 1.5 var(--serif); overflow-wrap: anywhere; white-space: pre-line; }
  .wrong { color: var(--worse); font-weight: 600; }
  .failed { max-width: var(--measure); }
  .failed p { margin-top: var(--s4); }
  @container section (min-width: 58rem) {
    .columns { grid-template-columns: minmax(0, 1fr) 15.5rem; }
    aside { position: sticky; top: var(--s4); align-self: start; }
  }
  @media print { aside { break-inside: avoid; } aside section:has(.missing, .deeds) { display: none; } header { padding-bottom: var(--s4); } }
`;
