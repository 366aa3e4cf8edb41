/** The chance that no room is free in the busiest hour of the week, by how many rooms there are. */
import type { Option, Palette } from "@/energy/options";

const [HERE, OTHER] = ["#e07b39", "#0f9b8e"];

/** Below a thousandth a chance is as good as none: rooms beyond the first such one, and beyond those there are, aren't drawn. */
const LEAST = 0.001;
export function drawnOf(shortage: readonly number[], rooms: number): number[] {
  const first = shortage.findIndex((chance) => chance < LEAST);
  return shortage.slice(0, first < 0 ? shortage.length : Math.max(first + 1, rooms));
}

/** Bars by number of rooms from the first that tells something, that of today in another colour. */
export function shortageOption(all: readonly number[], rooms: number, word: (key: "rooms" | "short" | "today") => string, palette: Palette, first = 1): Option {
  const axis = { axisLabel: { color: palette.soft }, nameTextStyle: { color: palette.soft }, splitLine: { show: false }, axisLine: { lineStyle: { color: palette.line } } };
  const inPercent = (chance: number): number => Math.round(10_000 * chance) / 100;
  const chances = all.slice(first - 1);
  const today = rooms <= all.length && rooms >= first;
  const bars = (name: string, color: string, own: (count: number) => boolean): Option => ({ name, type: "bar", stack: "chance", color, barMaxWidth: 28, data: chances.map((chance, i) => (own(i + first) ? inPercent(chance) : null)) });
  return {
    animation: false,
    textStyle: { fontFamily: "inherit" },
    legend: { top: 0, textStyle: { color: palette.ink } },
    tooltip: { trigger: "axis", confine: true, backgroundColor: palette.panel, borderColor: palette.line, textStyle: { color: palette.ink }, valueFormatter: (value: number | null) => (value === null ? "" : `${value} %`) },
    grid: { left: 8, right: 16, top: 34, bottom: 26, containLabel: true },
    xAxis: { type: "category", data: chances.map((_, i) => String(i + first)), name: word("rooms"), nameLocation: "middle", nameGap: 26, ...axis },
    yAxis: { type: "value", min: 0, max: 100, ...axis, axisLabel: { color: palette.soft, formatter: "{value} %" }, splitLine: { lineStyle: { color: palette.line } } },
    series: [bars(word("short"), OTHER, (count) => count !== rooms), ...(today ? [bars(word("today"), HERE, (count) => count === rooms)] : [])],
  };
}
