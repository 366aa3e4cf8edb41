import { expect, test } from "vitest";
import { heat } from "./heat";

test("no trouble is green, all of it red, nothing due grey", () => {
  expect([heat(0), heat(1), heat(7), heat(null)]).toEqual(["hsl(150 58% 48%)", "hsl(0 58% 48%)", "hsl(0 58% 48%)", "var(--line)"]);
});
