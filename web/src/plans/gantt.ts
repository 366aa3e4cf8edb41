/** Rows of a plan as bars on lanes: who or what, from when to when. */
import type { Row } from "@/client/plans";
import type { Option, Palette } from "@/energy/options";
import { LETTERS } from "@/shell/letters";

export interface Bar {
  lane: string;
  label: string;
  start: number;
  end: number;
}
interface Columns {
  lane: string;
  label: string;
  start: string;
  end: string;
}
/** The columns that make bars, by kind of problem. */
const COLUMNS: Record<string, Columns> = {
  rounds: { lane: "staff", label: "stop", start: "begin", end: "end" },
  projects: { lane: "job", label: "job", start: "begin", end: "end" },
};
const MOST_LANES = 200;
const COLOURS = ["#0f9b8e", "#5b6fd8", "#e07b39", "#8d5bb8", "#c2557a", "#4a90c2", "#7a9a3a", "#b58a2c"];

/** The runs of slots, from first to last, that a device is on: `23-26 36-66`. */
export const runsOf = (on: unknown): [number, number][] => [...String(on ?? "").matchAll(/(\d+)-(\d+)/g)].map(([, first, last]) => [Number(first), Number(last) + 1]);

export function barsOf(kind: string, rows: readonly Row[]): Bar[] {
  const columns = COLUMNS[kind];
  if (columns) {
    return rows.flatMap((row) => {
      const [start, end] = [row[columns.start], row[columns.end]];
      return typeof start === "number" && typeof end === "number" && row[columns.lane] ? [{ lane: String(row[columns.lane]), label: String(row[columns.label]), start, end }] : [];
    });
  }
  if (kind !== "devices") return [];
  return rows.flatMap((row) => runsOf(row.on).map(([start, end]) => ({ lane: String(row.device), label: String(row.zone || row.device), start, end })));
}

interface Drawn {
  value(dimension: number): number;
  coord(point: [number, number]): [number, number];
  size(amount: [number, number]): [number, number];
}

/** Bars on their lanes, the first lane on top; of very many lanes those that fit are scrolled to. */
export function ganttOption(bars: readonly Bar[], axisName: string, palette: Palette): Option {
  const lanes = [...new Set(bars.map((bar) => bar.lane))].slice(0, MOST_LANES);
  const at = new Map(lanes.map((lane, i) => [lane, i]));
  const shown = bars.filter((bar) => at.has(bar.lane));
  const labels = [...new Set(shown.map((bar) => bar.label))];
  const lineAxis = { axisLabel: { color: palette.soft }, splitLine: { lineStyle: { color: palette.line } }, axisLine: { lineStyle: { color: palette.line } } };
  return {
    animation: false,
    textStyle: { fontFamily: LETTERS },
    tooltip: {
      confine: true, backgroundColor: palette.panel, borderColor: palette.line, textStyle: { color: palette.ink },
      formatter: (one: { dataIndex: number }) => `${escaped(shown[one.dataIndex]!.lane)}<br>${escaped(shown[one.dataIndex]!.label)}: ${shown[one.dataIndex]!.start} – ${shown[one.dataIndex]!.end}`,
    },
    grid: { left: 8, right: 16, top: 8, bottom: 24, containLabel: true },
    xAxis: { type: "value", name: axisName, nameLocation: "middle", nameGap: 26, nameTextStyle: { color: palette.soft }, scale: true, ...lineAxis },
    yAxis: { type: "category", data: lanes, inverse: true, ...lineAxis, axisLabel: { color: palette.ink, width: 140, overflow: "truncate" } },
    series: [
      {
        type: "custom",
        encode: { x: [1, 2], y: 0 },
        data: shown.map((bar) => [at.get(bar.lane), bar.start, bar.end]),
        renderItem: (params: { dataIndex: number }, api: Drawn) => {
          const [left, middle] = api.coord([api.value(1), api.value(0)]);
          const [right] = api.coord([api.value(2), api.value(0)]);
          const height = Math.max(3, api.size([0, 1])[1] * 0.64);
          const colour = COLOURS[labels.indexOf(shown[params.dataIndex]!.label) % COLOURS.length];
          return { type: "rect", shape: { x: left, y: middle - height / 2, width: Math.max(1, right - left), height, r: 2 }, style: { fill: colour } };
        },
      },
    ],
  };
}

export const ganttHeight = (bars: readonly Bar[]): number => Math.min(900, 60 + 22 * Math.max(3, Math.min(MOST_LANES, new Set(bars.map((bar) => bar.lane)).size)));

export const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
