import { expect, test } from "vitest";
import { sectionsOf, withoutScores } from "./card";

const CARD = `# understanding 1

## Data

8,000 utterances.

## Scores

| score | value | 95 % interval | examples |
|---|---|---|---|
| exact | 0.9000 | 0.8800–0.9200 | 500 |

## Limits

- Dialects.
- Names.
`;

test("a card falls into its sections", () => {
  expect(sectionsOf(CARD)).toEqual([
    { title: "Data", blocks: [{ kind: "text", text: "8,000 utterances." }] },
    {
      title: "Scores",
      blocks: [{ kind: "table", head: ["score", "value", "95 % interval", "examples"], rows: [["exact", "0.9000", "0.8800–0.9200", "500"]] }],
    },
    { title: "Limits", blocks: [{ kind: "list", items: ["Dialects.", "Names."] }] },
  ]);
});
test("the scores are shown once", () => {
  const titles = (names: string[]) => withoutScores(sectionsOf(CARD), names.map((name) => ({ name }))).map((section) => section.title);
  expect(titles(["exact"])).toEqual(["Data", "Limits"]);
  expect(titles([])).toEqual(["Data", "Scores", "Limits"]);
});
test("what somebody wrote by hand is kept", () => {
  expect(sectionsOf("Just this.\n\n# Title\n## Two\nand text")).toEqual([
    { title: "", blocks: [{ kind: "text", text: "Just this." }] },
    { title: "Two", blocks: [{ kind: "text", text: "and text" }] },
  ]);
  expect(sectionsOf("")).toEqual([]);
});
