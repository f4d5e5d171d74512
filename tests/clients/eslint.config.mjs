// The rules that graphql-eslint recommends for schemas, and those of Relay, with our departures and why.
import graphql from "@graphql-eslint/eslint-plugin";

/** What the rules say and we keep, by its words: neither can be said to a rule itself. */
export const ACCEPTED = {
  "Enum type `ErrorCode` is unreachable.": "it lists what extensions.code may be, which no field returns",
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
      // Connections also have `nodes`, and lists that are short by nature are plain.
      "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
      // Lists are read forwards.
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
    },
  },
];
