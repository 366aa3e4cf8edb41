import { expect, test } from "vitest";
import { distance, duration } from "./format";

test.each([
  [0, "metres", 5],
  [42, "metres", 40],
  [96, "metres", 95],
  [318, "metres", 320],
  [994, "metres", 990],
  [996, "kilometres", 1],
  [1460, "kilometres", 1.5],
])("%d m is said as %s %d", (metres, key, n) => expect(distance(metres)).toMatchObject({ key, n }));

test.each([
  [10, "underMinute", 1, 0],
  [50, "minutes", 1, 0],
  [285, "minutes", 5, 0],
  [3599, "hours", 1, 0],
  [5400, "hours", 1, 30],
])("%d s is said as %s %d:%d", (seconds, key, n, rest) => expect(duration(seconds)).toEqual({ key, n, rest }));
