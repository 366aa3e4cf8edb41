import { expect, test } from "vitest";
import type { GateCheck, ListedModel } from "@/client/model";
import { checksInOrder, groupsOf, isCeiling, sliceOf } from "./versions";

const model = (name: string, version: string, stage: string) => ({ name, version, stage }) as ListedModel;

test("the live version comes first, then the newest", () => {
  const [first, second] = groupsOf([model("a", "1", "archived"), model("a", "2", "live"), model("b", "1", "candidate"), model("a", "3", "candidate")]);
  expect([first!.name, first!.live?.version, first!.versions.map((v) => v.version)]).toEqual(["a", "2", ["2", "3", "1"]]);
  expect([second!.name, second!.live]).toEqual(["b", null]);
  expect(groupsOf([])).toEqual([]);
});
test("a check says what it is of", () => {
  expect(sliceOf({ name: "label:guidance_route" })).toEqual({ kind: "label", value: "guidance_route" });
  expect(sliceOf({ name: "all" })).toEqual({ kind: "all", value: "" });
  expect(["size_mb", "latency_ms", "all"].map((name) => isCeiling({ name }))).toEqual([true, true, false]);
});
test("what failed comes first", () => {
  const checks = [{ name: "a", passed: true }, { name: "b", passed: false }] as GateCheck[];
  expect(checksInOrder(checks).map((check) => check.name)).toEqual(["b", "a"]);
});
