import type { Explanation } from "@/client/model";
import { lettersOf } from "@/feedback/marks";

/** A part of a text; `weight` runs −1 to 1, 1 for the word that speaks most for the intent, 0 for what has no say. */
export interface Weighed {
  text: string;
  start: number;
  weight: number;
}
/** A loss of confidence below this is noise: nothing is shown as if it decided. */
const LEAST = 0.02;

export function weighed(text: string, words: Explanation["words"]): Weighed[] {
  const letters = lettersOf(text);
  const most = Math.max(LEAST, ...words.map((word) => Math.abs(word.weight)));
  const parts: Weighed[] = [];
  let at = 0;
  const add = (start: number, end: number, weight: number): void => {
    if (end > start) parts.push({ text: letters.slice(start, end).join(""), start, weight });
    at = end;
  };
  for (const { start, end, weight } of words) {
    add(at, start, 0);
    add(start, end, Math.abs(weight) < LEAST ? 0 : weight / most);
  }
  add(at, letters.length, 0);
  return parts;
}

/** Whether any word decides: where none does, the intent hangs on all of them together. */
export const anyDecides = (parts: readonly Weighed[]): boolean => parts.some((part) => part.weight !== 0);
