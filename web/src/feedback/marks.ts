import type { Mark } from "@/client/model";

/** A part of a text in order; `type` is the type of slot it is marked as. */
export interface Piece {
  text: string;
  start: number;
  type: string | null;
}
/** What is marked as a whole: a word, a number, or one character. */
export interface Unit {
  text: string;
  start: number;
  end: number;
}

/** The characters that offsets of the API count: code points, of which one may be two units of a JavaScript string. */
export const lettersOf = (text: string): string[] => Array.from(text);
export const cut = (text: string, start: number, end: number): string => lettersOf(text).slice(start, end).join("");
const inOrder = (marks: readonly Mark[]): Mark[] => [...marks].sort((a, b) => a.start - b.start);

export function piecesOf(text: string, marks: readonly Mark[]): Piece[] {
  const letters = lettersOf(text);
  const pieces: Piece[] = [];
  let at = 0;
  const add = (start: number, end: number, type: string | null): void => {
    if (end > start) pieces.push({ text: letters.slice(start, end).join(""), start, type });
  };
  for (const { start, end, type } of inOrder(marks)) {
    if (start < at) continue;
    add(at, start, null);
    add(start, end, type);
    at = end;
  }
  add(at, letters.length, null);
  return pieces;
}

const CHINESE = "\\u3400-\\u9fff";
const UNIT = new RegExp(`[^\\s\\p{P}\\p{S}${CHINESE}]+|.`, "gsu");

export function unitsOf(text: string): Unit[] {
  let at = 0;
  return (text.match(UNIT) ?? []).map((unit) => {
    const start = at;
    at += lettersOf(unit).length;
    return { text: unit, start, end: at };
  });
}

/** The marks with one more; those that it overlaps give way. */
export const withMark = (marks: readonly Mark[], mark: Mark): Mark[] =>
  inOrder([...marks.filter((old) => old.end <= mark.start || old.start >= mark.end), mark]);

/** A span without the blanks at its ends, or null where nothing is left. */
export function trimmed(text: string, start: number, end: number): { start: number; end: number } | null {
  const letters = lettersOf(text);
  while (start < end && !letters[start]!.trim()) start += 1;
  while (end > start && !letters[end - 1]!.trim()) end -= 1;
  return start < end ? { start, end } : null;
}

export const sameMeaning = (a: { intent: string; slots: readonly Mark[] }, b: { intent: string; slots: readonly Mark[] }): boolean =>
  a.intent === b.intent && written(a.slots) === written(b.slots);
const written = (marks: readonly Mark[]): string => inOrder(marks).map((m) => `${m.start}-${m.end}-${m.type}`).join();
