import { expect, test } from "vitest";
import { heat, sized } from "./heat";

test("no trouble is green, all of it red, nothing due grey", () => {
  expect([heat(0), heat(1), heat(7), heat(null)]).toEqual(["hsl(150 58% 48%)", "hsl(0 58% 48%)", "hsl(0 58% 48%)", "var(--line)"]);
});
test("bytes are told in the largest unit that fits", () => expect([sized(0), sized(999), sized(123_456), sized(2.5e9)]).toEqual(["0 B", "999 B", "123 kB", "2.5 GB"]));
