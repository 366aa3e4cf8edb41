import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from "vue";
import { type Plan, type PlanMove, type PlanPreview, previewPlan, replan, type Row } from "@/client/plans";
import { showProblem } from "@/shell/notice";
import { movesOf, nameOf, toggled } from "./edits";

export interface Editing {
  rows: ShallowRef<readonly Row[]>;
  locked: Ref<readonly string[]>;
  seen: ShallowRef<PlanPreview | null>;
  tookMs: Ref<number | null>;
  solving: Ref<boolean>;
  changed: ComputedRef<PlanMove[]>;
  /** It is looked at only: the plan of a search that goes on. */
  fixed: ComputedRef<boolean>;
  /** Shows what a change would cost, without making it; null: what is there. */
  look(next: readonly Row[] | null): Promise<void>;
  change(next: readonly Row[], names: readonly string[]): Promise<void>;
  /** Makes a change and solves the rest at once, without a preview in between. */
  settle(next: readonly Row[], names: readonly string[], timeS: number): Promise<void>;
  lock(name: string): void;
  undo(): void;
  solve(timeS: number): Promise<void>;
}

const WAIT_MS = 30;

/** A plan changed by hand: previewed at once, the last change winning; what was touched is kept when the rest is solved; what changes or is undone meanwhile wins over that. */
export function useEditing(campus: () => string, id: () => string, plan: () => Pick<Plan, "assignments" | "cost">, isFixed: () => boolean): Editing {
  const rows = shallowRef<readonly Row[]>(plan().assignments);
  const locked = ref<readonly string[]>([]);
  const seen = shallowRef<PlanPreview | null>(null);
  const tookMs = ref<number | null>(null);
  const solving = ref(false);
  const fixed = computed(isFixed);
  const changed = computed(() => movesOf(plan().assignments, rows.value));
  let [turn, edits] = [0, 0];

  async function look(next: readonly Row[] | null, timed = true): Promise<void> {
    if (fixed.value) return;
    const mine = ++turn;
    const moves = movesOf(plan().assignments, next ?? rows.value);
    if (!moves.length) {
      seen.value = tookMs.value = null;
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    if (mine !== turn) return;
    const begun = performance.now();
    try {
      const found = await previewPlan(campus(), id(), moves);
      if (mine !== turn) return;
      seen.value = found;
      if (timed) tookMs.value = performance.now() - begun;
      if (next === null) follow(found.rows);
    } catch (error) {
      if (mine === turn) showProblem(error);
    }
  }
  /** Takes over what follows from a change, as the times of a tour. */
  function follow(found: readonly Row[]): void {
    const told = new Map([...plan().assignments, ...found].map((row) => [nameOf(row), row]));
    rows.value = rows.value.map((row) => told.get(nameOf(row)) ?? row);
  }
  function take(next: readonly Row[], names: readonly string[]): void {
    edits++;
    rows.value = next;
    locked.value = [...new Set([...locked.value, ...names])];
  }
  async function change(next: readonly Row[], names: readonly string[]): Promise<void> {
    if (fixed.value) return;
    take(next, names);
    await look(null);
  }
  async function settle(next: readonly Row[], names: readonly string[], timeS: number): Promise<void> {
    if (fixed.value) return;
    take(next, names);
    turn++;
    await solve(timeS);
  }
  function undo(): void {
    [rows.value, locked.value] = [plan().assignments, []];
    turn++;
    edits++;
    seen.value = tookMs.value = null;
  }
  async function solve(timeS: number): Promise<void> {
    if (fixed.value) return;
    const [begun, sent, from] = [edits, rows.value, performance.now()];
    solving.value = true;
    try {
      const found = await replan(campus(), id(), sent, locked.value, timeS);
      if (edits !== begun) return;
      if (!found.assignments.length || found.cost === null) return await look(null);
      rows.value = found.assignments;
      tookMs.value = performance.now() - from;
      seen.value = { valid: true, cost: found.cost, cost_breakdown: found.cost_breakdown, violations: [], delta: found.cost - (plan().cost ?? found.cost), delta_breakdown: {}, newly: [], mended: [], rows: [] };
      void look(null, false);
    } catch (error) {
      showProblem(error);
      if (edits === begun) void look(null);
    } finally {
      solving.value = false;
    }
  }
  watch(plan, undo);
  function lock(name: string): void {
    if (!fixed.value) locked.value = toggled(locked.value, name);
  }
  return { rows, locked, seen, tookMs, solving, changed, fixed, look, change, settle, lock, undo, solve };
}
