/** What charts draw, as plain options: the load curve, the flows, the heat calendar. */
import type { EnergyCalendar, EnergyCurve, EnergyExpected, EnergyFlows } from "@/client/energy";
import { figure } from "./figures";
import { LETTERS } from "@/shell/letters";

export interface Palette {
  ink: string;
  soft: string;
  line: string;
  panel: string;
}
export type Option = Record<string, unknown>;
type Named = (names: Record<string, string>) => string;
const COLOURS = { now: "#0f9b8e", yesterday: "#e07b39", lastWeek: "#5b6fd8", before: "#e07b39", expected: "#8d5bb8" };
const BAND = "rgba(141, 91, 184, 0.16)";

export function labelsOf(starts: readonly string[], zone: string, byDay: boolean): string[] {
  const format = new Intl.DateTimeFormat("en-GB", byDay ? { timeZone: zone, month: "2-digit", day: "2-digit" } : { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return starts.map((start) => {
    const part = Object.fromEntries(format.formatToParts(new Date(start)).map(({ type, value }) => [type, value]));
    return byDay ? `${part.month}-${part.day}` : `${part.hour}:${part.minute}`;
  });
}

function base(palette: Palette): Option {
  return {
    animation: false,
    textStyle: { fontFamily: LETTERS },
    tooltip: { confine: true, backgroundColor: palette.panel, borderColor: palette.line, textStyle: { color: palette.ink } },
  };
}
function axis(palette: Palette): Option {
  return { axisLabel: { color: palette.soft }, nameTextStyle: { color: palette.soft }, splitLine: { lineStyle: { color: palette.line } }, axisLine: { lineStyle: { color: palette.line } } };
}
const rounded = (value: number | null | undefined): number | null => (value === null || value === undefined ? null : Math.round(value * 100) / 100);

export interface CurveParts {
  now: EnergyCurve;
  others: Record<string, EnergyCurve>;
  expected: EnergyExpected | null;
  labels: string[];
  /** What has not ended by then is not drawn: it would look like a fall. */
  until: number;
  word: (key: string) => string;
  palette: Palette;
}

/** The curve of a span over those before it, with the band that was expected. */
export function curveOption({ now, others, expected, labels, until, word, palette }: CurveParts): Option {
  const line = (key: keyof typeof COLOURS, data: (number | null)[], more: Option = {}): Option => ({ name: word(key), type: "line", data, showSymbol: false, color: COLOURS[key], lineStyle: { width: key === "now" ? 2.5 : 1.5, ...(key === "now" ? {} : { type: "dashed" }) }, ...more });
  const series: Option[] = [line("now", now.buckets.map((b) => (Date.parse(b.end) <= until ? rounded(b.amount) : null)), { areaStyle: { opacity: 0.08 }, z: 5 })];
  for (const [key, curve] of Object.entries(others)) series.push(line(key as keyof typeof COLOURS, labels.map((_, i) => rounded(curve.buckets[i]?.amount))));
  if (expected?.hours.length) {
    const at = new Map(expected.hours.map((hour) => [Date.parse(hour.start), hour]));
    const hours = now.buckets.map((bucket) => at.get(Date.parse(bucket.start)));
    const band = { type: "line", stack: "band", showSymbol: false, lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false }, color: COLOURS.expected };
    series.push({ ...band, data: hours.map((h) => rounded(h?.low)) }, { ...band, data: hours.map((h) => rounded(h && h.high - h.low)), areaStyle: { color: BAND } });
    series.push(line("expected", hours.map((h) => rounded(h?.mean))));
  }
  return {
    ...base(palette),
    tooltip: { ...(base(palette).tooltip as Option), trigger: "axis" },
    grid: { left: 8, right: 16, top: 56, bottom: 8, containLabel: true },
    legend: { type: "scroll", top: 2, textStyle: { color: palette.ink }, data: series.map((s) => s.name).filter(Boolean) },
    xAxis: { type: "category", data: labels, boundaryGap: false, ...axis(palette) },
    yAxis: { type: "value", name: now.unit, ...axis(palette) },
    series,
  };
}

/** Supply on the left, uses on the right. */
export function flowsOption(flows: EnergyFlows, named: Named, palette: Palette, narrow: boolean): Option {
  const names = new Map(flows.nodes.map((node) => [node.id, named(node.name as Record<string, string>)]));
  const label = { color: palette.ink, textBorderColor: palette.panel, textBorderWidth: 2, fontSize: narrow ? 10 : 12, formatter: ({ name }: { name: string }) => names.get(name) ?? name, width: narrow ? 62 : 110, overflow: "truncate" };
  return {
    ...base(palette),
    tooltip: {
      ...(base(palette).tooltip as Option),
      formatter: ({ dataType, data, name, value }: { dataType: string; data: { source: string; target: string; value: number }; name: string; value: number }) => {
        const shown = `${Math.round(value * 10) / 10} ${flows.unit}`;
        return dataType === "edge" ? `${escaped(names.get(data.source))} → ${escaped(names.get(data.target))}: ${shown}` : `${escaped(names.get(name))}: ${shown}`;
      },
    },
    series: [{ type: "sankey", left: 4, right: narrow ? 70 : 118, top: 8, bottom: 8, nodeGap: 16, nodeWidth: 12, draggable: false, emphasis: { focus: "adjacency" }, label, lineStyle: { color: "gradient", opacity: 0.35 }, data: flows.nodes.map((node) => ({ name: node.id })), links: flows.links.map((link) => ({ source: link.source, target: link.target, value: link.amount })) }],
  };
}

function escaped(text: string | undefined): string {
  return (text ?? "").replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Days downwards, hours to the right. */
export function calendarOption(calendar: EnergyCalendar, palette: Palette): Option {
  const cells = calendar.days.flatMap((day, y) => day.hours.flatMap((value, x) => (value === null ? [] : [[x, y, Math.round(value * 10) / 10]])));
  const values = cells.map((cell) => cell[2]!);
  return {
    ...base(palette),
    tooltip: { ...(base(palette).tooltip as Option), formatter: ({ value }: { value: number[] }) => `${calendar.days[value[1]!]!.day} ${String(value[0]).padStart(2, "0")}:00 · ${value[2]} ${calendar.unit}` },
    grid: { left: 8, right: 8, top: 8, bottom: 44, containLabel: true },
    xAxis: { type: "category", data: Array.from({ length: 24 }, (_, hour) => String(hour)), ...axis(palette), splitLine: { show: false } },
    yAxis: { type: "category", inverse: true, data: calendar.days.map((day) => day.day.slice(5)), ...axis(palette), splitLine: { show: false } },
    visualMap: { min: Math.min(...values, 0), max: Math.max(...values, 1), text: [`${figure(Math.max(...values, 1), "en")} ${calendar.unit}`, figure(Math.min(...values, 0), "en")], calculable: false, orient: "horizontal", left: "center", bottom: 0, itemWidth: 10, textStyle: { color: palette.soft }, inRange: { color: ["#e6f4f1", "#79c7bb", "#f2c14e", "#d1495b"] } },
    series: [{ type: "heatmap", data: cells, itemStyle: { borderColor: palette.panel, borderWidth: 1 } }],
  };
}
