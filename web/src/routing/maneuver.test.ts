import { expect, test } from "vitest";
import { pictureOf } from "./maneuver";

test("each turn has its own picture", () => {
  const turns = ["left", "right", "slight_left", "slight_right", "sharp_left", "sharp_right", "uturn"];
  expect(new Set(turns.map(pictureOf)).size).toBe(turns.length);
});
test("a kind of stairs is shown as stairs, the unknown as straight on", () => {
  expect(pictureOf("stairs_up")).toBe(pictureOf("stairs"));
  expect(pictureOf("levitate")).toBe(pictureOf("straight"));
});
