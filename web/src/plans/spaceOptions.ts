/** What is drawn of a plan of spaces: who moves from where to where, how full floors are. */
import type { SpaceView } from "@/client/plans";
import type { Option, Palette } from "@/energy/options";
import { LETTERS } from "@/shell/letters";
import { escaped } from "./gantt";
import { byFloor } from "./stack";

export interface SankeyLink {
  source: string;
  target: string;
  people: number;
}
const TODAY = "<";
const PLAN = ">";

/** People that move from floor to floor, or from room to room where all is on one floor; new ones come from `outside`. */
export function movesBetween(moves: SpaceView["moves"], places: ReadonlyMap<string, string>, outside: string): SankeyLink[] {
  const byPlace = new Set(places.values()).size > 1;
  const placeOf = (room: string | null | undefined): string => (room ? (byPlace ? (places.get(room) ?? room) : room) : outside);
  const sums = new Map<string, SankeyLink>();
  for (const move of moves) {
    const [source, target] = [placeOf(move.origin), placeOf(move.destination)];
    const key = JSON.stringify([source, target]);
    const link = sums.get(key) ?? { source, target, people: 0 };
    link.people += move.people;
    sums.set(key, link);
  }
  return [...sums.values()].filter((link) => link.people > 0);
}

export function movesOption(links: readonly SankeyLink[], palette: Palette, narrow: boolean): Option {
  const names = [...new Set(links.flatMap((link) => [TODAY + link.source, PLAN + link.target]))].sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  const label = { color: palette.ink, textBorderColor: palette.panel, textBorderWidth: 2, fontSize: 11, formatter: ({ name }: { name: string }) => name.slice(1), width: narrow ? 80 : 140, overflow: "truncate" };
  return {
    animation: false,
    textStyle: { fontFamily: LETTERS },
    tooltip: { confine: true, backgroundColor: palette.panel, borderColor: palette.line, textStyle: { color: palette.ink }, formatter: (one: { dataType: string; name: string; value: number; data: { source: string; target: string } }) => (one.dataType === "edge" ? `${escaped(one.data.source.slice(1))} → ${escaped(one.data.target.slice(1))}: ${one.value}` : `${escaped(one.name.slice(1))}: ${one.value}`) },
    series: [{ type: "sankey", left: 8, right: narrow ? 88 : 150, top: 8, bottom: 8, nodeGap: 10, nodeWidth: 12, draggable: false, layoutIterations: 0, label, lineStyle: { color: "gradient", opacity: 0.4 }, data: names.map((name) => ({ name })), links: links.map((link) => ({ source: TODAY + link.source, target: PLAN + link.target, value: link.people })) }],
  };
}

/** Floors downwards; today and each period of the plan to the right; the share that is used. */
export function heatOption(view: SpaceView, columns: { today: string; plan: string }, palette: Palette): Option {
  const floorOf = (use: { building: string; floor: string }): string => [use.building, use.floor].filter(Boolean).join(" · ") || "–";
  const floors = [...new Map([...view.after].sort((a, b) => a.building.localeCompare(b.building) || byFloor(b.floor, a.floor)).map((use) => [floorOf(use), use])).keys()];
  const periods = [...new Set(view.after.map((use) => use.period))];
  const first = view.before.filter((use) => use.period === view.before[0]?.period);
  const titles = [...(first.length ? [columns.today] : []), ...periods.map((period) => period || columns.plan)];
  const cell = (use: SpaceView["after"][number], x: number): number[] => [x, floors.indexOf(floorOf(use)), Math.round(use.share * 1000) / 10];
  const data = [...first.map((use) => cell(use, 0)), ...view.after.map((use) => cell(use, periods.indexOf(use.period) + (first.length ? 1 : 0)))];
  const axis = { axisLabel: { color: palette.ink }, axisLine: { lineStyle: { color: palette.line } }, splitLine: { show: false } };
  return {
    animation: false,
    textStyle: { fontFamily: LETTERS },
    tooltip: { confine: true, backgroundColor: palette.panel, borderColor: palette.line, textStyle: { color: palette.ink }, formatter: ({ value }: { value: number[] }) => `${escaped(floors[value[1]!]!)}, ${escaped(titles[value[0]!]!)}: ${value[2]} %` },
    grid: { left: 8, right: 8, top: 8, bottom: 44, containLabel: true },
    xAxis: { type: "category", data: titles, ...axis },
    yAxis: { type: "category", data: floors, inverse: true, ...axis },
    visualMap: { min: 0, max: 120, text: ["120 %", "0 %"], calculable: false, orient: "horizontal", left: "center", bottom: 0, itemWidth: 10, textStyle: { color: palette.soft }, inRange: { color: ["#e6f4f1", "#79c7bb", "#0f9b8e", "#f2c14e", "#d1495b"] } },
    series: [{ type: "heatmap", data, label: { show: true, color: "#1d2b30", formatter: ({ value }: { value: number[] }) => `${value[2]} %` }, itemStyle: { borderColor: palette.panel, borderWidth: 2 } }],
  };
}
