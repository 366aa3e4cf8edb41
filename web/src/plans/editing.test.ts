import { expect, test, vi } from "vitest";
import type { Plan, Row } from "@/client/plans";
import { useEditing } from "./useEditing";

const { found, replan } = vi.hoisted(() => {
  let found: (plan: { assignments: Row[] }) => void = () => undefined;
  const answer = new Promise<{ assignments: Row[] }>((resolve) => (found = resolve));
  return { found, replan: () => answer };
});
vi.mock("@/client/plans", () => ({ previewPlan: () => Promise.resolve(null), replan }));
vi.mock("@/shell/notice", () => ({ showProblem: (error: unknown) => { throw error; } }));

test("what is undone while the rest is solved stays undone", async () => {
  const plan = { assignments: [{ device: "a", on: "1-2" }] } as unknown as Plan;
  const editing = useEditing(() => "demo", () => "1", () => plan, () => false);
  void editing.change([{ device: "a", on: "0-1" }], ["a"]);
  const solving = editing.solve(0.5);
  editing.undo();
  found({ assignments: [{ device: "a", on: "0-2" }] });
  await solving;
  expect(editing.rows.value).toBe(plan.assignments);
  expect(editing.solving.value).toBe(false);
});

test("what a search shows is looked at only", async () => {
  const plan = { assignments: [{ device: "a", on: "1-2" }] } as unknown as Plan;
  const editing = useEditing(() => "demo", () => "1", () => plan, () => true);
  await editing.change([{ device: "a", on: "0-1" }], ["a"]);
  editing.lock("a");
  expect([editing.rows.value, editing.locked.value]).toEqual([plan.assignments, []]);
});
