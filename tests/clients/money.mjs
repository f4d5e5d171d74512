// node money.mjs DIRECTORY < [[MINOR, CURRENCY], …]   what the page says of amounts: all digits, and whole units

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { minorDigits, money } = await import(pathToFileURL(`${process.argv[2]}/currencies.js`).href);
const english = (/** @type {Intl.NumberFormatOptions} */ how) => new Intl.NumberFormat("en", how);
const whole = { minimumFractionDigits: 0, maximumFractionDigits: 0, signDisplay: "exceptZero" };
const told = JSON.parse(readFileSync(0, "utf8")).map((/** @type {[number, string]} */ [minor, currency]) => [
  minorDigits(currency),
  money(minor, currency, english),
  money(minor, currency, english, /** @type {const} */ (whole)),
]);
console.log(JSON.stringify(told));
