/** Plan against what happened as runs of slots that are drawn alike. */

export type Look = "on" | "off" | "unknown";
export interface Piece {
  start: number;
  length: number;
  look: Look;
}
const LOOKS: Record<string, Look> = { "1": "on", "0": "off" };

/** The runs of equal states of a row such as `0011?`. */
export function piecesOf(states: string): Piece[] {
  const pieces: Piece[] = [];
  [...states].forEach((state, slot) => {
    const look = LOOKS[state] ?? "unknown";
    const last = pieces.at(-1);
    if (last?.look === look) last.length += 1;
    else pieces.push({ start: slot, length: 1, look });
  });
  return pieces;
}

/** How many steps ended in which state. */
export function countSteps(steps: readonly { state: string }[]): { done: number; due: number; missed: number } {
  const of = (...states: string[]): number => steps.filter((step) => states.includes(step.state)).length;
  return { done: of("done"), due: of("due", "sending"), missed: of("missed", "failed") };
}
