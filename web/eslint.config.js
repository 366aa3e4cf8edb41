import js from "@eslint/js";
import vue from "eslint-plugin-vue";
import globals from "globals";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["dist/", "src/client/schema.ts"] },
  js.configs.recommended,
  ...typescript.configs.recommended,
  ...vue.configs["flat/essential"],
  {
    files: ["**/*.vue"],
    languageOptions: { parserOptions: { parser: typescript.parser } },
  },
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      "no-undef": "off",
      "no-console": "error",
      "vue/no-v-html": "error",
      "vue/multi-word-component-names": ["error", { ignores: ["Icon"] }],
      "@typescript-eslint/no-explicit-any": "error",
      "max-lines": ["error", { max: 420, skipBlankLines: true }],
    },
  },
);
