// German, in the formal address. What counts has a form for each plural category.

import first from "./de-work.js";
import second from "./de-section.js";
import third from "./de-rest.js";
import fourth from "./de-audit.js";

/** @type {import("../language.js").Catalogue} */
export const MESSAGES = {
  ...first,
  ...second,
  ...third,
  ...fourth,
  "Chain whole, {n} entries.": {
    one: "Kette vollständig, {n} Eintrag.",
    other: "Kette vollständig, {n} Einträge.",
  },
  "{n} lines, as JSON lines that anybody can verify.": {
    one: "{n} Zeile, als JSON-Zeile, die alle nachprüfen können.",
    other: "{n} Zeilen, als JSON-Zeilen, die alle nachprüfen können.",
  },
  "{n} lines, the newest first.": {
    one: "{n} Zeile.",
    other: "{n} Zeilen, die neueste zuerst.",
  },
  "{n} people, open since {0}.": {
    one: "{n} Person, offen seit {0}.",
    other: "{n} Personen, offen seit {0}.",
  },
  "{n} people, open from {0} to {1}.": {
    one: "{n} Person, offen von {0} bis {1}.",
    other: "{n} Personen, offen von {0} bis {1}.",
  },
  "{n} ratings moved, {0} of them where the data do not bear it out.": {
    one: "{n} Bewertung geändert, {0} davon, wo die Daten das nicht stützen.",
    other: "{n} Bewertungen geändert, {0} davon, wo die Daten das nicht stützen.",
  },
  "{n} people have nothing in the way.": {
    one: "Bei {n} Person steht nichts im Weg.",
    other: "Bei {n} Personen steht nichts im Weg.",
  },
  "{n} others have.": {
    one: "Bei {n} weiteren schon.",
    other: "Bei {n} weiteren schon.",
  },
  "{n} people": {
    one: "{n} Person",
    other: "{n} Personen",
  },
  "{n} people match.": {
    one: "{n} Person passt.",
    other: "{n} Personen passen.",
  },
  "{0} better, {1} worse, of {n} people": {
    one: "{0} besser, {1} schlechter, von {n} Person",
    other: "{0} besser, {1} schlechter, von {n} Personen",
  },
  "{0} of {n} sections final or exempt": {
    one: "{0} von {n} Abschnitt abgeschlossen oder ausgenommen",
    other: "{0} von {n} Abschnitten abgeschlossen oder ausgenommen",
  },
  "{n} wait, the most urgent first.": {
    one: "{n} wartet.",
    other: "{n} warten, das Dringendste zuerst.",
  },
  "{n} events, the newest first.": {
    one: "{n} Ereignis.",
    other: "{n} Ereignisse, das neueste zuerst.",
  },
  "{n} sections.": {
    one: "{n} Abschnitt.",
    other: "{n} Abschnitte.",
  },
  "{n} rejected rows hold ids of different employees.": {
    one: "{n} abgewiesene Zeile enthält Kennungen verschiedener Personen.",
    other: "{n} abgewiesene Zeilen enthalten Kennungen verschiedener Personen.",
  },
  "{n} rows read.": {
    one: "{n} Zeile gelesen.",
    other: "{n} Zeilen gelesen.",
  },
  "{n} events stand twice in the file with other content: the last row counts.": {
    one: "{n} Ereignis steht zweimal mit anderem Inhalt in der Datei: Die letzte Zeile gilt.",
    other: "{n} Ereignisse stehen zweimal mit anderem Inhalt in der Datei: Die letzte Zeile gilt.",
  },
  "{n} bytes; asked for {0}.": {
    one: "{n} Byte; angefordert {0}.",
    other: "{n} Byte; angefordert {0}.",
  },
  "{n} events were taken back; what they had replaced counts again.": {
    one: "{n} Ereignis wurde zurückgenommen; was es ersetzt hatte, gilt wieder.",
    other: "{n} Ereignisse wurden zurückgenommen; was sie ersetzt hatten, gilt wieder.",
  },
  "It looks like {0}: {1} of {n} columns known.": {
    one: "Es sieht nach {0} aus: {1} von {n} Spalte bekannt.",
    other: "Es sieht nach {0} aus: {1} von {n} Spalten bekannt.",
  },
  "{n} ratings missing": {
    one: "{n} Bewertung fehlt",
    other: "{n} Bewertungen fehlen",
  },
  "{0}: of {n} people something else": {
    one: "{0}: über {n} Person etwas anderes",
    other: "{0}: über {n} Personen etwas anderes",
  },
  "{n} things wait for you, the most urgent first.": {
    one: "{n} Aufgabe wartet auf Sie.",
    other: "{n} Aufgaben warten auf Sie, die dringendste zuerst.",
  },
  "Your own judgement comes first: this opens when you have rated every indicator that has a figure ({n} are missing).": {
    one: "Ihr eigenes Urteil kommt zuerst: Das öffnet sich, wenn Sie jede Kennzahl mit einem Wert bewertet haben (eine fehlt).",
    other: "Ihr eigenes Urteil kommt zuerst: Das öffnet sich, wenn Sie jede Kennzahl mit einem Wert bewertet haben ({n} fehlen).",
  },
  "{0}: {1} to {2}, {n} days.": {
    one: "{0}: {1} bis {2}, {n} Tag.",
    other: "{0}: {1} bis {2}, {n} Tage.",
  },
  "manager for {n} days": {
    one: "Führungskraft für {n} Tag",
    other: "Führungskraft für {n} Tage",
  },
};
