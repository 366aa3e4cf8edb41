import { expect, test } from "vitest";
import type { RunDetail } from "@/client/runs";
import { clock, linesOf, measuresOf, recipeRows, written } from "./curves";

const run = (name: string, values: Record<string, number>[], recipe: RunDetail["recipe"]): RunDetail => ({
  run: { name, state: "done", problem: null, started: "", data: "", code: "", base: "", method: "", seed: 0, steps: 0, seconds: 0, parameters: 0, trainable: 0, dev: {}, test: {} },
  curve: values.map(({ step, ...rest }) => ({ step: step!, values: rest })),
  recipe,
  environment: {},
  counts: {},
});
const ONE = run("one", [{ step: 20, eval_label: 0.5, eval_score: 0.4 }, { step: 10, loss: 2 }], { seed: 1, "optimiser.learning_rate": 5e-5 });
const TWO = run("two", [{ step: 10, loss: 3, grad_norm: 1 }, { step: 5, loss: 4 }], { seed: 1, "optimiser.learning_rate": 1e-4, crf: true });

test("the loss comes first, then the scores on dev", () => expect(measuresOf([ONE, TWO])).toEqual(["loss", "eval_score", "eval_label", "grad_norm"]));
test("a line holds the steps of one run in order, and only runs that measured it", () => {
  expect(linesOf([ONE, TWO], "loss")).toEqual([
    { name: "one", points: [[10, 2]] },
    { name: "two", points: [[5, 4], [10, 3]] },
  ]);
  expect(linesOf([ONE, TWO], "eval_label").map((line) => line.name)).toEqual(["one"]);
});
test("knobs that differ come first", () =>
  expect(recipeRows([ONE, TWO])).toEqual([
    { name: "crf", values: ["–", "true"], differs: true },
    { name: "optimiser.learning_rate", values: ["5e-5", "1e-4"], differs: true },
    { name: "seed", values: ["1", "1"], differs: false },
  ]));
test("numbers and durations are short", () => {
  expect([written(0.123456), written(2), written(1.5e-6), written(null), written("lora")]).toEqual(["0.1235", "2", "1.5e-6", "–", "lora"]);
  expect([clock(61.5), clock(3723), clock(null)]).toEqual(["0:01:02", "1:02:03", "–"]);
});
