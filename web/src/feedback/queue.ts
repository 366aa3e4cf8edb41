import type { Feedback, Meaning } from "@/client/model";

export type Act = "accept" | "change" | "reject" | "next" | "before";
const KEYS: Readonly<Record<string, Act>> = { a: "accept", c: "change", r: "reject", j: "next", k: "before" };
type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "target">;

/** What a key asks for; nothing while somebody writes, or holds a key of the browser's own. */
export function actOf(event: Pressed): Act | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const target = event.target as HTMLElement | null;
  if (target?.closest?.("input, textarea, select, [contenteditable], [role='dialog']")) return null;
  return KEYS[event.key.toLowerCase()] ?? null;
}

/** The place in the queue after a step, within it. */
export const stepped = (at: number, by: number, count: number): number => Math.max(0, Math.min(count - 1, at + by));

/** What a request means as far as anybody has said. */
export const proposedOf = (item: Feedback): Meaning | null => item.corrected ?? (item.kind === "up" ? item.understood : null);
export const canReview = (item: Feedback): boolean => item.state !== "exported";
