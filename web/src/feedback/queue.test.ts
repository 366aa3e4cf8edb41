import { expect, test } from "vitest";
import type { Feedback } from "@/client/model";
import { actOf, proposedOf, stepped } from "./queue";

const pressed = (key: string, part: object = {}) => actOf({ key, ctrlKey: false, metaKey: false, altKey: false, target: document.body, ...part });

test("letters review, upper case too", () => {
  expect(["a", "C", "r", "j", "k", "x"].map((key) => pressed(key))).toEqual(["accept", "change", "reject", "next", "before", null]);
});
test("nothing is reviewed while somebody writes or copies", () => {
  document.body.innerHTML = "<div role='dialog'><p id='in'></p></div><input id='field' />";
  expect(pressed("a", { target: document.getElementById("field") })).toBeNull();
  expect(pressed("a", { target: document.getElementById("in") })).toBeNull();
  expect(pressed("c", { ctrlKey: true })).toBeNull();
});
test("a step stays in the queue", () => {
  expect([stepped(0, -1, 3), stepped(0, 1, 3), stepped(2, 1, 3), stepped(0, 1, 0)]).toEqual([0, 1, 2, 0]);
});
test("what is proposed is the correction, or what was right", () => {
  const understood = { intent: "a", slots: [] };
  const corrected = { intent: "b", slots: [] };
  const item = (part: Partial<Feedback>) => ({ understood, corrected: null, ...part }) as Feedback;
  expect(proposedOf(item({ kind: "correction", corrected }))).toBe(corrected);
  expect(proposedOf(item({ kind: "up" }))).toBe(understood);
  expect(proposedOf(item({ kind: "down" }))).toBeNull();
});
