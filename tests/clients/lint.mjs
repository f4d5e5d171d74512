// Lints a schema by eslint.config.mjs: `node lint.mjs FILE`. Prints what is found and not accepted there, and what is
// accepted there and not found any more.
import { ESLint } from "eslint";
import config, { ACCEPTED } from "./eslint.config.mjs";

const [file] = process.argv.slice(2);
const graphQLConfig = { schema: file };
const lint = new ESLint({
  overrideConfigFile: true,
  overrideConfig: [...config, { files: ["**/*.graphql"], languageOptions: { parserOptions: { graphQLConfig } } }],
});
const [{ messages }] = await lint.lintFiles([file]);
const found = messages.map(({ ruleId, line, message }) => ({ ruleId, line, message }));
console.log(
  JSON.stringify({
    found: found.filter(({ message }) => !(message in ACCEPTED)),
    stale: Object.keys(ACCEPTED).filter((words) => !found.some(({ message }) => message === words)),
  }),
);
