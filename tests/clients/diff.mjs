// What graphql-inspector finds changed between two schemas: `node diff.mjs OLD NEW`, as [{criticality, type, path, message}].
import { readFileSync } from "node:fs";
import { diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";

const [before, after] = process.argv.slice(2).map((file) => buildSchema(readFileSync(file, "utf8")));
const changes = await diff(before, after);
const told = changes.map(({ criticality, type, path, message }) => ({ criticality: criticality.level, type, path, message }));
console.log(JSON.stringify(told));
