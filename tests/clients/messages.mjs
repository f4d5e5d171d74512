// What the pages say: every message of the components, their German, and words that no catalogue knows.

import { readFileSync, readdirSync } from "node:fs";
import { parse } from "acorn";

const [folder] = process.argv.slice(2);
const APART = new Set(["operations.js", "hr-operations.js", "graphiql.js", "client.js"]); // queries, and the explorer
const SEEN = new Set(["aria-label", "title", "placeholder", "alt"]);
const PROSE = /[a-z’',.]{2,}[ ,]+[a-z“]{2,}|^[A-Z][a-z]+[.!?…]?$/;
const LOOKS_UP = new Set(["querySelector", "querySelectorAll", "closest", "matches", "includes"]);

const messages = new Set();
const counted = new Set();
const bare = [];

/** @param {string} file */
function read(file) {
  const text = readFileSync(`${folder}/${file}`, "utf8");
  const told = (node, words) => bare.push(`${file}:${text.slice(0, node.start).split("\n").length}: ${words.trim()}`);
  const key = (quasi) => quasi.quasis.map((one) => one.value.cooked).reduce((all, part, at) => `${all}{${at - 1}}${part}`).replace(/[ \n]+/g, " ");

  function markup(quasi) {
    const whole = quasi.quasis.map((one) => one.value.cooked).join("\u0000");
    for (const [, name, value] of whole.matchAll(/([\w-]+)="([^"]*)"/g)) if (SEEN.has(name) && /[A-Za-z]/.test(value)) told(quasi, `${name}="${value}"`);
    const seen = whole.replace(/<code[^>]*>[^<]*<\/code>/g, "").replace(/<[^>]*>/g, "\u0001").replace(/&\w+;/g, "").replace(/SHA-256/g, "");
    for (const words of seen.split("\u0001")) if (/[A-Za-z]/.test(words)) told(quasi, words.replaceAll("\u0000", "…"));
  }

  function prose(node, words, parent) {
    const isLookedUp = parent.type === "CallExpression" && LOOKS_UP.has(parent.callee.property?.name);
    const isCompared = parent.type === "BinaryExpression" || parent.type === "SwitchCase";
    if (PROSE.test(words) && !isLookedUp && !isCompared && !/^\.?[./]/.test(words)) told(node, words);
  }

  function walk(node, parent) {
    if (Array.isArray(node)) return node.forEach((one) => walk(one, parent));
    if (typeof node?.type !== "string") return;
    if (/^(Import|ExportAll)/.test(node.type)) return;
    if (node.type === "TaggedTemplateExpression") {
      const tag = node.tag.name;
      if (tag === "t") messages.add(key(node.quasi));
      else if (tag === "html" || tag === "svg") markup(node.quasi);
      return walk(node.quasi.expressions, node);
    }
    if (node.type === "CallExpression" && node.callee.name === "plural") {
      const [count, one, other, ...values] = node.arguments;
      counted.add(other.value);
      return walk([count, ...values], node);
    }
    if (node.type === "CallExpression" && node.callee.name === "words") return table(node.arguments[0]);
    if (node.type === "Literal" && typeof node.value === "string") prose(node, node.value, parent);
    if (node.type === "TemplateLiteral") prose(node, node.quasis.map((one) => one.value.cooked).join("…"), parent);
    for (const [name, child] of Object.entries(node)) if (!(name === "key" && node.type === "Property")) walk(child, node);
  }

  function table(node) {
    for (const { value } of node.properties) for (const one of value.elements ?? [value]) messages.add(one.value);
  }

  walk(parse(text, { ecmaVersion: "latest", sourceType: "module" }), null);
}

for (const file of readdirSync(folder)) if (file.endsWith(".js") && !APART.has(file)) read(file);
const { MESSAGES } = await import(`${folder}/languages/de.js`).catch(() => ({ MESSAGES: {} }));
process.stdout.write(JSON.stringify({ messages: [...messages], counted: [...counted], bare, german: MESSAGES }));
