import { expect, test } from "vitest";
import { escaped, runsOf } from "./gantt";

test("slots that are on are runs, to the end of the last", () => {
  expect(runsOf("23-26 95-95")).toEqual([[23, 27], [95, 96]]);
  expect(runsOf("")).toEqual([]);
});
test("names can't be markup", () => expect(escaped("<b>&")).toBe("&lt;b>&amp;"));
