import { expect, test } from "vitest";
import { dayOf, flowLines, netOf } from "./flow";

test("a day is that of the park's clock", () => expect(dayOf(Date.parse("2026-03-01T17:00:00Z"), "Asia/Shanghai")).toBe("2026-03-02"));
test("hours of which nothing is known stay empty", () => expect(flowLines({ hours: [{ start: "", entered: 3, left: null }] } as never)).toEqual([[3], [null]]));
test("who stayed has a sign", () => expect([netOf({ entered: 9, left: 4 }), netOf({ entered: 4, left: 9 }), netOf({ entered: 4, left: 4 })]).toEqual(["+5", "−5", "0"]));
