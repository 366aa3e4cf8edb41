/** Intervals that somebody marks in a window: drawn, moved and taken back, never wrong. */
import type { MarkedInterval, Span } from "@/client/telemetry";

export interface Mark extends Span {
  label: string;
}
const LEAST = 1000;

export const marksOf = (intervals: readonly MarkedInterval[]): Mark[] => intervals.map((one) => ({ from: Date.parse(one.start), to: Date.parse(one.end), label: one.label }));
export const intervalsOf = (marks: readonly Mark[]): MarkedInterval[] =>
  marks.map((one) => ({ start: new Date(one.from).toISOString(), end: new Date(one.to).toISOString(), label: one.label }));

const inOrder = (marks: Mark[]): Mark[] => marks.sort((a, b) => a.from - b.from || a.to - b.to || a.label.localeCompare(b.label));

/** Cut a span out of marks; what is left of each stays. */
function without(marks: readonly Mark[], span: Span, of: (mark: Mark) => boolean): Mark[] {
  return marks.flatMap((mark) => {
    if (!of(mark) || mark.to <= span.from || mark.from >= span.to) return [mark];
    const parts = [{ ...mark, to: Math.min(mark.to, span.from) }, { ...mark, from: Math.max(mark.from, span.to) }];
    return parts.filter((part) => part.to - part.from >= LEAST);
  });
}

/** Mark a span: it takes the place of others where only one label holds at a time, and grows into its own label. */
export function marked(marks: readonly Mark[], span: Span, label: string, exclusive: boolean, within: Span): Mark[] {
  const clipped = { from: Math.max(span.from, within.from), to: Math.min(span.to, within.to) };
  if (clipped.to - clipped.from < LEAST) return [...marks];
  const touching = marks.filter((mark) => mark.label === label && mark.to >= clipped.from && mark.from <= clipped.to);
  const grown = { label, from: Math.min(clipped.from, ...touching.map((one) => one.from)), to: Math.max(clipped.to, ...touching.map((one) => one.to)) };
  const others = without(marks.filter((mark) => !touching.includes(mark)), clipped, () => exclusive);
  return inOrder([...others, grown]);
}

export const unmarked = (marks: readonly Mark[], index: number): Mark[] => marks.filter((_, i) => i !== index);

/** Give a mark another label, or move an edge; what can't be is left as it was. */
export function changed(marks: readonly Mark[], index: number, change: Partial<Mark>, exclusive: boolean, within: Span): Mark[] {
  const mark = marks[index];
  if (!mark) return [...marks];
  const next = { ...mark, ...change };
  if (next.to - next.from < LEAST) return [...marks];
  return marked(unmarked(marks, index), next, next.label, exclusive, within);
}

export function indexAt(marks: readonly Mark[], at: number): number {
  return marks.findIndex((mark) => mark.from <= at && at < mark.to);
}

export const sameMarks = (one: readonly Mark[], other: readonly Mark[]): boolean => JSON.stringify(one) === JSON.stringify(other);
