// Tables as files. Cells that a spreadsheet would take for a formula get an apostrophe before them.

const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** @param {unknown} value */
function cell(value) {
  const text = value === null || value === undefined ? "" : String(value);
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** As a file of UTF-8 with a mark that spreadsheets need to see it. @param {string} name @param {unknown[][]} lines */
export function saveTable(name, lines) {
  const text = `\u{feff}${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
  saveFile(name, new Blob([text], { type: "text/csv;charset=utf-8" }));
}

/** @param {string} name @param {Blob} content */
export function saveFile(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}
