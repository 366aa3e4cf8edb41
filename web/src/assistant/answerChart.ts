import type { Chart, Text } from "@/client/model";
import { LETTERS } from "@/shell/letters";

/** Colours of the theme that a chart is drawn in. */
export interface Ink {
  text: string;
  soft: string;
  line: string;
  panel: string;
  accent: string;
  strong: string;
  /** Height of the letters, px. */
  size: number;
}

/** What the chart needs of its surroundings: how texts, times and numbers are said. */
export interface Words {
  say: (text: Text) => string;
  time: (at: string, whole: boolean) => string;
  unit: string;
}

const DAY_MS = 86_400_000;

/** `1234.5` as `1,235`, `3.456` as `3.5`. */
export function written(value: unknown): string {
  if (typeof value !== "number" || !Number.isFinite(value)) return "–";
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 1 ? 1 : 2;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
}

/** Whether a chart is of days rather than of hours. */
export function isDaily(times: readonly string[]): boolean {
  return times.length > 1 && Date.parse(times[1]!) - Date.parse(times[0]!) >= DAY_MS - 3_600_000;
}

/** The options of ECharts for an answer's chart: bars for places, a line or, by the day, columns over time. */
export function optionOf(chart: Chart, words: Words, ink: Ink): Record<string, unknown> {
  const bars = chart.names.length > 0;
  const daily = !bars && isDaily(chart.times);
  const labels = bars ? chart.names.map(words.say) : chart.times.map((at) => words.time(at, false));
  const letters = { color: ink.soft, fontSize: ink.size };
  const whole = bars && chart.lines.every((line) => line.values.every((one) => one == null || Number.isInteger(one)));
  const axis = { axisLabel: letters, axisLine: { lineStyle: { color: ink.line } }, axisTick: { show: false } };
  const category = { type: "category", data: labels, ...axis, axisLabel: { ...letters, hideOverlap: true, width: 11 * ink.size, overflow: "truncate", ...(bars ? { interval: 0 } : labels.includes("") ? { interval: (at: number) => labels[at] !== "" } : {}) } };
  const value = { type: "value", scale: !bars && !daily, ...(whole ? { minInterval: 1 } : {}), ...axis, axisLabel: { ...letters, hideOverlap: true }, splitLine: { lineStyle: { color: ink.line } } };
  return {
    animation: false,
    textStyle: { fontFamily: LETTERS, fontSize: ink.size },
    grid: { left: 8, right: bars ? 4.7 * ink.size : 16, top: 12, bottom: 4, containLabel: true },
    tooltip: {
      trigger: "axis", confine: true, backgroundColor: ink.panel, borderColor: ink.line, textStyle: { color: ink.text, fontSize: ink.size + 2 },
      axisPointer: { type: bars || daily ? "shadow" : "line" },
      formatter: (rows: { dataIndex: number; seriesName: string; value: unknown }[]): string => tip(chart, words, rows),
    },
    xAxis: bars ? value : { ...category, boundaryGap: daily },
    yAxis: bars ? { ...category, inverse: true } : value,
    series: chart.lines.flatMap((line, at) => [
      ...band(line, ink),
      {
        type: bars || daily ? "bar" : "line", name: words.say(line.name), showSymbol: false, barMaxWidth: 2.2 * ink.size, itemStyle: { color: colourOf(at, ink), borderRadius: 3 },
        lineStyle: { width: ink.size / 6, color: colourOf(at, ink) }, connectNulls: false,
        label: bars ? { show: true, position: "right", color: ink.text, fontSize: ink.size, formatter: (row: { value: unknown }) => written(row.value) } : undefined,
        data: line.values.map((one, column) => (column === chart.marked && (bars || daily) ? { value: one, itemStyle: { color: ink.strong } } : one)),
        markPoint: !bars && !daily && typeof chart.marked === "number" && line.values[chart.marked] != null ? mark(chart.marked, line.values[chart.marked]!, ink) : undefined,
      },
    ]),
  };
}

/** The colour of a line: the first has the accent, a second stands out from it. */
export const colourOf = (line: number, ink: Pick<Ink, "accent" | "strong">): string => (line % 2 ? ink.strong : ink.accent);

function mark(at: number, value: number, ink: Ink): Record<string, unknown> {
  return { symbol: "circle", symbolSize: 9, itemStyle: { color: ink.strong }, label: { show: true, position: "top", color: ink.text, formatter: written(value) }, data: [{ coord: [at, value] }] };
}

/** The stretch between what is expected at least and at most: two stacked lines without strokes. */
function band(line: Chart["lines"][number], ink: Ink): Record<string, unknown>[] {
  if (line.low.length === 0 || line.high.length === 0) return [];
  const between = line.low.map((low, at) => (low == null || line.high[at] == null ? null : line.high[at]! - low));
  const hidden = { type: "line", stack: "band", showSymbol: false, lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false } };
  return [
    { ...hidden, name: "low", data: line.low },
    { ...hidden, name: "high", data: between, areaStyle: { color: ink.accent, opacity: 0.16 } },
  ];
}

function tip(chart: Chart, words: Words, rows: { dataIndex: number; seriesName: string; value: unknown }[]): string {
  const at = rows[0]?.dataIndex ?? 0;
  const head = chart.names.length > 0 ? words.say(chart.names[at]!) : words.time(chart.times[at]!, true);
  const lines = chart.lines.map((line) => {
    const range = line.low[at] != null && line.high[at] != null ? ` (${written(line.low[at])}–${written(line.high[at])})` : "";
    return `${escaped(words.say(line.name))}: <b>${written(line.values[at])}</b>${range} ${escaped(words.unit)}`;
  });
  return [escaped(head), ...lines].join("<br>");
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
