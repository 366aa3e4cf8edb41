/** A chart of several points on one axis of time: what holds, what came, the bands of quality, and what is expected. */
import { bandsOf, changedOf, lineOf, QUALITIES, QUALITY_COLOURS, type Sample } from "./curve";
import type { PointForecast, Span } from "@/client/telemetry";
import { clockIn, dateIn, midnight, plusDays } from "@/energy/spans";
import { LETTERS } from "@/shell/letters";

export const CURVE_COLOURS = ["#0f766e", "#c2436b", "#5b6fd8", "#b7791f", "#5a7d2a", "#8d5bb8", "#2b7bb9", "#8a5a44", "#3f8f8f", "#a33ea1", "#6b7280", "#d2691e"];
/** Steps between marks on the axis of time, and how many there are at most. */
const STEPS_MIN = [1, 5, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 20_160, 43_200, 86_400];
const MINUTE = 60_000;
const DAY_MIN = 1440;

/** Marks at round times of the campus's clock. */
export function marksOf(view: Span, zone: string, most: number): number[] {
  const step = STEPS_MIN.find((one) => (view.to - view.from) / (one * MINUTE) <= most) ?? STEPS_MIN.at(-1)!;
  const marks: number[] = [];
  for (let date = dateIn(new Date(view.from), zone); ; date = plusDays(date, Math.max(step / DAY_MIN, 1))) {
    const day = midnight(date, zone).getTime();
    if (day > view.to) return marks;
    for (let at = day; at < day + DAY_MIN * MINUTE; at += step * MINUTE) if (at >= view.from && at <= view.to) marks.push(at);
  }
}
/** A mark in words: the date at midnight, else the clock. */
export function markText(at: number, zone: string): string {
  const clock = clockIn(new Date(at), zone);
  return clock === "00:00" ? dateIn(new Date(at), zone).slice(5) : clock;
}

export interface Curve {
  id: string;
  name: string;
  unit: string;
  samples: Sample[];
  stepped: boolean;
  forecast?: PointForecast;
}
export interface Marked extends Span {
  colour: string;
  name?: string;
  lane?: number;
}
export interface Look {
  ink: string;
  soft: string;
  line: string;
  phone: boolean;
  zone: string;
}
interface Words {
  raw: string;
  forecast: string;
}

type Area = [Record<string, unknown>, Record<string, unknown>];
const faint = (hex: string, share: number): string => hex + Math.round(share * 255).toString(16).padStart(2, "0");

/** One axis a unit; beyond the second they stand further out. */
function axes(curves: readonly Curve[], look: Look): { units: string[]; axis: Record<string, unknown>[] } {
  const units = [...new Set(curves.map((one) => one.unit))];
  const axis = units.map((unit, i) => ({
    type: "value", scale: true, minInterval: curves.every((one) => one.unit !== unit || (one.stepped && !unit)) ? 1 : undefined, name: unit, nameTextStyle: { color: look.soft }, position: i === 0 ? "left" : "right", offset: Math.max(i - 1, 0) * 46,
    axisLabel: { color: look.soft }, splitLine: { show: i === 0, lineStyle: { color: look.line } }, axisLine: { show: i > 0, lineStyle: { color: look.line } },
  }));
  return { units, axis: axis.length ? axis : [{ type: "value", show: false }] };
}

function bands(curve: Curve): Area[] {
  return bandsOf(curve.samples).map((band) => {
    const colour = QUALITY_COLOURS[QUALITIES[band.quality] ?? "missing"];
    return [{ xAxis: band.from, itemStyle: { color: faint(colour, 0.16) } }, { xAxis: band.to }];
  });
}

const marks = (chosen: readonly Marked[]): Area[] =>
  chosen.map((one) => [
    { xAxis: one.from, name: one.name ?? "", itemStyle: { color: faint(one.colour, 0.22), borderColor: one.colour, borderWidth: 1 }, label: { show: Boolean(one.name), position: "insideTop", color: one.colour, fontSize: 11, overflow: "truncate" } },
    { xAxis: one.to },
  ]);

function forecastSeries(curve: Curve, yAxisIndex: number, colour: string, name: string): Record<string, unknown>[] {
  const hours = curve.forecast?.hours ?? [];
  if (!hours.length) return [];
  const shared = { type: "line", yAxisIndex, showSymbol: false, silent: true, stack: `band-${curve.id}`, stackStrategy: "all", lineStyle: { opacity: 0 } };
  const at = (iso: string): number => Date.parse(iso);
  return [
    { ...shared, data: hours.map((hour) => [at(hour.at), hour.low_80]) },
    { ...shared, data: hours.map((hour) => [at(hour.at), hour.high_80 - hour.low_80]), areaStyle: { color: faint(colour, 0.2) } },
    { type: "line", name: `${curve.name} · ${name}`, yAxisIndex, showSymbol: false, silent: true, data: hours.map((hour) => [at(hour.at), hour.mean]), lineStyle: { type: "dashed", width: 2, color: colour }, itemStyle: { color: colour } },
  ];
}

export function curveOption(curves: readonly Curve[], view: Span, chosen: readonly Marked[], look: Look, words: Words): Record<string, unknown> {
  const { units, axis } = axes(curves, look);
  const series: Record<string, unknown>[] = [{ type: "line", data: [], silent: true, markArea: { silent: true, animation: false, data: marks(chosen) } }];
  curves.forEach((curve, i) => {
    const colour = CURVE_COLOURS[i % CURVE_COLOURS.length]!;
    const yAxisIndex = units.indexOf(curve.unit);
    const few = curve.samples.length < 60;
    series.push({
      type: "line", name: curve.name, yAxisIndex, data: lineOf(curve.samples, (one) => one.value), showSymbol: few, symbolSize: 4, step: curve.stepped ? "end" : false, connectNulls: false, sampling: "minmax",
      lineStyle: { width: 1.6, color: colour }, itemStyle: { color: colour }, silent: true, markArea: i === 0 ? { silent: true, animation: false, data: bands(curve) } : undefined,
    });
    const summed = curve.samples.some((one) => one.low !== undefined);
    if (summed && curves.length === 1) {
      const shared = { type: "line", yAxisIndex, showSymbol: false, silent: true, stack: `range-${curve.id}`, stackStrategy: "all", lineStyle: { opacity: 0 } };
      series.push({ ...shared, data: lineOf(curve.samples, (one) => one.low) }, { ...shared, data: lineOf(curve.samples, (one) => (one.low == null || one.high == null ? null : one.high - one.low)), areaStyle: { color: faint(colour, 0.14) } });
    }
    const came = changedOf(curve.samples);
    if (came.length) series.push({ type: "scatter", name: `${curve.name} · ${words.raw}`, yAxisIndex, data: came, symbolSize: 5, silent: true, itemStyle: { color: QUALITY_COLOURS.bad } });
    series.push(...forecastSeries(curve, yAxisIndex, colour, words.forecast));
  });
  const marked = marksOf(view, look.zone, look.phone ? 4 : 9);
  return {
    animation: false, textStyle: { fontFamily: LETTERS },
    grid: { left: 8, right: 12 + Math.max(units.length - 2, 0) * 46, top: 52, bottom: 8, containLabel: true },
    legend: { type: "scroll", top: 0, textStyle: { color: look.ink }, pageTextStyle: { color: look.soft }, data: series.flatMap((one) => (one.name ? [one.name as string] : [])) },
    xAxis: { type: "time", min: view.from, max: view.to, axisLabel: { color: look.soft, hideOverlap: true, customValues: marked, formatter: (at: number) => markText(at, look.zone) }, axisTick: { customValues: marked }, axisLine: { lineStyle: { color: look.line } }, splitLine: { show: false } },
    yAxis: axis, series,
  };
}
