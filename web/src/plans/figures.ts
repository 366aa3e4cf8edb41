/** What the pages of plans say and draw of a search and its plan. */
import type { Option, Palette } from "@/energy/options";
import { LETTERS } from "@/shell/letters";
import type { PlanSummary, Row, SearchProgress } from "@/client/plans";

export const ENDED: readonly PlanSummary["state"][] = ["done", "cancelled", "failed"];
const COLOURS = { cost: "#0f9b8e", bound: "#8d5bb8", gap: "#e07b39" };

export const isEnded = (state: PlanSummary["state"]): boolean => ENDED.includes(state);

/** Whether a search came upon a plan: one that is done may have proved that there is none. */
export const hasPlan = (one: Pick<PlanSummary, "progress">): boolean => typeof one.progress?.cost === "number";

/** A figure as people read it: a few digits, grouped. */
export function figure(value: number | null | undefined, language: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB", Math.abs(value) >= 1000 ? { maximumFractionDigits: 1 } : { maximumSignificantDigits: 4 }).format(value || 0);
}

/** A cost as explanations tell it: with hundredths, whole from 10,000 on. */
export function costText(value: number, language: string): string {
  const [size, whole] = [Math.abs(value), Math.abs(value - Math.round(value)) < 1e-6];
  const digits = size >= 10_000 || whole ? { maximumFractionDigits: 0 } : size >= 0.1 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumSignificantDigits: 2 };
  return new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB", digits).format(value || 0);
}

/** How far a cost is from a bound, as a share of the cost; null without one. */
export function gapOf(progress: Pick<SearchProgress, "cost" | "bound"> | null | undefined): number | null {
  if (!progress || progress.cost === null || progress.bound === null) return null;
  const { cost, bound } = progress;
  return Number.isFinite(cost) && Number.isFinite(bound) ? Math.max(0, cost - bound) / Math.max(Math.abs(cost), 1) : null;
}

export const percent = (share: number | null, language: string): string =>
  share === null ? "–" : new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB", { style: "percent", maximumFractionDigits: 2 }).format(share);

/** The share of its time that a search has used; null without a limit. */
export const shareOf = (goneS: number, limitS: number | null): number | null => (limitS === null || limitS <= 0 ? null : Math.min(1, Math.max(0, goneS / limitS)));

/** Whether a search tells of a plan that costs less than the one that is drawn. */
export const isBetter = (progress: Pick<SearchProgress, "cost"> | null | undefined, drawn: { cost: number } | null): boolean =>
  typeof progress?.cost === "number" && (!drawn || progress.cost < drawn.cost - 1e-9 * Math.max(1, Math.abs(drawn.cost)));

/** The steps that were heard, with one that is new; what was heard twice is once. */
export function heard(steps: readonly SearchProgress[], next: SearchProgress | null | undefined): readonly SearchProgress[] {
  const last = steps.at(-1);
  return !next || (last && last.at_s === next.at_s && last.cost === next.cost && last.bound === next.bound) ? steps : [...steps, next];
}

/** Of numbers at the axis: a bound that is all but reached differs in the last digits only. */
const DIGITS = 6;

/** A line over a smaller share of the time isn't seen: its points are drawn. */
const DOT = 0.02;
/** Pixels for the labels of values, the same in both panels, so that their times are under each other. */
const LABELS = 76;

type Axis = "cost" | "bound" | "gap" | "seconds";
/** Cost and bound over time, and under them the gap in percent, drawn as steps up to now. */
export function searchOption(steps: readonly SearchProgress[], untilS: number, word: (key: Axis) => string, palette: Palette): Option {
  const axis = { axisLabel: { color: palette.soft }, nameTextStyle: { color: palette.soft }, splitLine: { lineStyle: { color: palette.line } }, axisLine: { lineStyle: { color: palette.line } } };
  const value = (step: SearchProgress, key: "cost" | "bound" | "gap"): number | null => (key === "gap" ? gapOf(step) : step[key]);
  const line = (key: "cost" | "bound" | "gap", more: Option = {}): Option => {
    const points = steps.map((step) => [step.at_s, value(step, key)] as const).filter(([, at]) => at !== null && Number.isFinite(at)).map(([at, of]) => [at, key === "gap" ? 100 * of! : of!]);
    const last = points.at(-1);
    if (last && untilS > Number(last[0])) points.push([untilS, last[1]!]);
    return { name: word(key), type: "line", step: "end", showSymbol: untilS - Number(points[0]?.[0] ?? 0) < DOT * untilS, symbolSize: 8, color: COLOURS[key], data: points, ...more };
  };
  const gap = line("gap", { xAxisIndex: 1, yAxisIndex: 1, areaStyle: { opacity: 0.12 }, tooltip: { valueFormatter: (share: number) => `${Number(share.toPrecision(3))} %` } });
  const proved = (gap.data as number[][]).length > 0;
  const box = { left: LABELS, right: 30, outerBoundsMode: "none" };
  const seconds = { type: "value", min: 0, max: Math.max(untilS, 1e-3), ...axis, axisLabel: { ...axis.axisLabel, showMaxLabel: false, formatter: (at: number) => String(Number(at.toPrecision(3))) } };
  const named = { ...seconds, name: word("seconds"), nameLocation: "middle", nameGap: 24 };
  return {
    animation: false,
    textStyle: { fontFamily: LETTERS },
    tooltip: { trigger: "axis", confine: true, backgroundColor: palette.panel, borderColor: palette.line, textStyle: { color: palette.ink }, valueFormatter: (value: number) => String(Number(value.toPrecision(7))) },
    legend: { top: 2, textStyle: { color: palette.ink } },
    grid: proved ? [{ ...box, top: 36, height: 112 }, { ...box, top: 168, height: 56 }] : [{ ...box, top: 36, bottom: 44 }],
    xAxis: proved ? [{ ...seconds, axisLabel: { show: false } }, { ...named, gridIndex: 1 }] : [named],
    yAxis: [
      { type: "value", scale: true, minInterval: 1e-4, ...axis, axisLabel: { ...axis.axisLabel, formatter: (value: number) => String(Number(value.toPrecision(DIGITS))) } },
      ...(proved ? [{ type: "value", gridIndex: 1, min: 0, splitNumber: 2, ...axis, axisLabel: { ...axis.axisLabel, formatter: (value: number) => `${Number(value.toPrecision(3))} %` } }] : []),
    ],
    series: [line("cost"), line("bound"), ...(proved ? [gap] : [])].filter((one) => (one.data as unknown[]).length > 0),
  };
}

/** Columns of rows, in the order in which they first come. */
export const columnsOf = (rows: readonly Row[]): string[] => [...new Set(rows.slice(0, 200).flatMap((row) => Object.keys(row)))];

/** A cell as text: lists with commas, truth as a tick. */
export function cellText(value: unknown, language: string): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "✓" : "";
  if (typeof value === "number") return figure(value, language);
  if (Array.isArray(value)) return value.length > 12 ? `${value.slice(0, 12).map((one) => cellText(one, language)).join(", ")} …` : value.map((one) => cellText(one, language)).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export const filteredRows = (rows: readonly Row[], text: string): readonly Row[] => {
  const wanted = text.trim().toLowerCase();
  return wanted ? rows.filter((row) => Object.values(row).some((value) => String(value).toLowerCase().includes(wanted))) : rows;
};

/** Rows as CSV that a spreadsheet opens, text that it would take for a formula quoted. */
export function csvOf(rows: readonly Row[]): string {
  const names = columnsOf(rows);
  const cell = (value: unknown): string => {
    const text = value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [names.join(","), ...rows.map((row) => names.map((name) => cell(row[name])).join(","))].join("\n");
}
