/** Marking spans of a text: pure steps from one state to the next. Places count Unicode code points, as the API does. */
import type { Span } from "@/client/datasets";

export type Grain = "character" | "word";

export interface Token {
  start: number;
  end: number;
  text: string;
}

/** A label with spans, in order and apart. */
export interface Content {
  label: string | null;
  spans: readonly Span[];
}

/** What is being marked: the content, the selection from `anchor` to `caret`, and what can be undone. */
export interface Draft extends Content {
  anchor: number;
  caret: number;
  past: readonly Content[];
}

const WORD = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hangul}\p{N}\p{M}_'’-]/u;

/** The pieces that the caret steps over; a span's borders always part two pieces. */
export function tokensOf(text: string, grain: Grain, spans: readonly Span[] = []): Token[] {
  const cuts = new Set(spans.flatMap((span) => [span.start, span.end]));
  const tokens: Token[] = [];
  let inWord = false;
  Array.from(text).forEach((character, place) => {
    const word = grain === "word" && WORD.test(character);
    const last = tokens[tokens.length - 1];
    if (last && word && inWord && !cuts.has(place)) {
      last.end = place + 1;
      last.text += character;
    } else tokens.push({ start: place, end: place + 1, text: character });
    inWord = word;
  });
  return tokens;
}

export const lengthOf = (text: string): number => Array.from(text).length;
export const pieceOf = (text: string, start: number, end: number): string => Array.from(text).slice(start, end).join("");

export function begin(content: Content): Draft {
  return { label: content.label, spans: sorted(content.spans), anchor: 0, caret: 0, past: [] };
}

/** The selected places, the first below the second; equal where nothing is selected. */
export function selected(draft: Draft): [number, number] {
  return draft.anchor < draft.caret ? [draft.anchor, draft.caret] : [draft.caret, draft.anchor];
}

export const hasSelection = (draft: Draft): boolean => draft.anchor !== draft.caret;

/** Step over pieces; without `extend` a selection ends at the side one steps to. */
export function move(draft: Draft, tokens: readonly Token[], steps: number, extend: boolean): Draft {
  const [low, high] = selected(draft);
  if (!extend && low !== high) return at(draft, steps < 0 ? low : high);
  const borders = [0, ...tokens.map((token) => token.end)];
  const here = borders.findIndex((border) => border >= draft.caret);
  const there = borders[Math.min(Math.max(here + steps, 0), borders.length - 1)] ?? 0;
  return { ...draft, caret: there, anchor: extend ? draft.anchor : there };
}

export function select(draft: Draft, anchor: number, caret: number): Draft {
  return { ...draft, anchor, caret };
}

/** Make the selection a span, without blanks at its ends, in place of those it overlaps. */
export function mark(draft: Draft, text: string, type: string): Draft {
  const characters = Array.from(text);
  let [start, end] = selected(draft);
  while (start < end && !characters[start]?.trim()) start++;
  while (end > start && !characters[end - 1]?.trim()) end--;
  if (start === end) return draft;
  const apart = draft.spans.filter((span) => span.end <= start || span.start >= end);
  return at(changed(draft, { spans: sorted([...apart, { start, end, type }]) }), end);
}

/** Take away the spans in the selection; without one that at the caret, else the last before it. */
export function unmark(draft: Draft): Draft {
  const [start, end] = selected(draft);
  const hit = draft.spans.filter((span) => (start === end ? span.start <= start && start <= span.end : span.start < end && span.end > start));
  const gone = hit.length > 0 ? hit : draft.spans.filter((span) => span.end <= start).slice(-1);
  return gone.length > 0 ? changed(draft, { spans: draft.spans.filter((span) => !gone.includes(span)) }) : draft;
}

export function setLabel(draft: Draft, label: string | null): Draft {
  return label === draft.label ? draft : changed(draft, { label });
}

export function undo(draft: Draft): Draft {
  const last = draft.past[draft.past.length - 1];
  return last ? { ...draft, ...last, past: draft.past.slice(0, -1) } : draft;
}

/** The names that a typed text may mean: those that begin with it first, then those that hold it. */
export function namesLike(names: readonly string[], typed: string): string[] {
  const wanted = typed.trim().toLowerCase();
  const rank = (name: string): number => {
    const lower = name.toLowerCase();
    if (lower.startsWith(wanted)) return 0;
    return lower.split(/[_.\s-]/).some((part) => part.startsWith(wanted)) ? 1 : lower.includes(wanted) ? 2 : 3;
  };
  return names.filter((name) => rank(name) < 3).sort((a, b) => rank(a) - rank(b) || names.indexOf(a) - names.indexOf(b));
}

/** The names with the most used first; the rest keep their order. */
export function byUse(names: readonly string[], used: Readonly<Record<string, number>>): string[] {
  return [...names].sort((a, b) => (used[b] ?? 0) - (used[a] ?? 0) || names.indexOf(a) - names.indexOf(b));
}

export function sameContent(one: Content, other: Content): boolean {
  return JSON.stringify([one.label, sorted(one.spans)]) === JSON.stringify([other.label, sorted(other.spans)]);
}

function changed(draft: Draft, change: Partial<Content>): Draft {
  return { ...draft, ...change, past: [...draft.past, { label: draft.label, spans: draft.spans }] };
}

const at = (draft: Draft, place: number): Draft => ({ ...draft, anchor: place, caret: place });

function sorted(spans: readonly Span[]): Span[] {
  return spans.map(({ start, end, type }) => ({ start, end, type })).sort((a, b) => a.start - b.start);
}
