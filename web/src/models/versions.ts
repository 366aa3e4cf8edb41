import type { GateCheck, ListedModel, Stage } from "@/client/model";

/** The versions of one model, the live one first, then the newest. */
export interface ModelGroup {
  name: string;
  live: ListedModel | null;
  versions: ListedModel[];
}

export function groupsOf(models: readonly ListedModel[]): ModelGroup[] {
  return [...new Set(models.map((model) => model.name))].map((name) => {
    const versions = models.filter((model) => model.name === name).reverse();
    const live = versions.find((model) => model.stage === "live") ?? null;
    return { name, live, versions: live ? [live, ...versions.filter((model) => model !== live)] : versions };
  });
}

export const COLOURS: Readonly<Record<Stage, "success" | "warning" | "primary" | "info">> = {
  live: "success",
  shadow: "warning",
  candidate: "primary",
  archived: "info",
};

/** What a check is of: all, the size, the time, or a slice by language, condition or class. */
export function sliceOf(check: Pick<GateCheck, "name">): { kind: string; value: string } {
  const [kind, ...rest] = check.name.split(":");
  return { kind: kind!, value: rest.join(":") };
}
/** Sizes and times may be no more than their limit, points no less. */
export const isCeiling = (check: Pick<GateCheck, "name">): boolean => ["size_mb", "latency_ms"].includes(check.name);
/** What failed comes first. */
export const checksInOrder = <C extends GateCheck>(checks: readonly C[]): C[] => [...checks].sort((a, b) => Number(a.passed) - Number(b.passed));
