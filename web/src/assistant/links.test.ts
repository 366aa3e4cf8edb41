import { expect, test } from "vitest";
import { partsOf } from "./links";

test("a plan that a text names is a link, the words around it are not", () => {
  expect(partsOf("详见并批准：/plans/Ab_9-x。")).toEqual([{ text: "详见并批准：", to: null }, { text: "/plans/Ab_9-x", to: "/plans/Ab_9-x" }, { text: "。", to: null }]);
  expect(partsOf("km/h")).toEqual([{ text: "km/h", to: null }]);
});
