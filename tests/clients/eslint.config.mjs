// The rules that graphql-eslint recommends for schemas, and those of Relay, with our departures and why.
import graphql from "@graphql-eslint/eslint-plugin";

/** What the rules say and we keep, by its words: neither can be said to a rule itself. */
export const ACCEPTED = {
  'Description is required for directive "oneOf"': "it is a directive of the specification, which describes it",
};

export default [
  {
    files: ["**/*.graphql"],
    languageOptions: { parser: graphql.parser },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...graphql.configs["flat/schema-recommended"].rules,
      ...graphql.configs["flat/schema-relay"].rules,
      // Only what implements Node is read again by an id; figures, pages and payloads are values.
      "@graphql-eslint/strict-id-in-types": "off",
      // Connections also have `nodes`, lists that are short by nature are plain, and lines of the audit log and rows of figures
      // have no identity of their own.
      "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false }],
      // Lists are read forwards.
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
    },
  },
];
