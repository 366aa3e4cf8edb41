/** Flows of people: the load of each passage by slot, today and in the plan, against what can pass; and who moves. */
import type { Row } from "@/client/plans";
import type { Option, Palette } from "@/energy/options";
import { LETTERS } from "@/shell/letters";

interface Group {
  id: string;
  size: number;
  current: number | null;
  uses: { passage: number; lag: number; spread: number[] }[];
}
export interface FlowTables {
  slots: string[];
  slot_min: number;
  passages: { id: string; capacity: number[]; supply?: { people: number } | null }[];
  groups: Group[];
}
export interface Load {
  name: string;
  before: number[];
  after: number[];
  capacity: number[];
}

/** Whether a row says how many lanes or cars are open, not when a group comes. */
const isSupply = (row: Row): boolean => row.open !== null && row.open !== undefined;
export const groupsOf = (rows: readonly Row[]): Row[] => rows.filter((row) => !isSupply(row));

export function loadsOf(tables: FlowTables, rows: readonly Row[]): Load[] {
  const planned = new Map(groupsOf(rows).map((row) => [String(row.group), tables.slots.indexOf(String(row.slot))]));
  const open = new Map(rows.filter(isSupply).map((row) => [String(row.group), Number(row.open)]));
  const arrivals = (passage: number, slotOf: (group: Group) => number | null): number[] => {
    const sums = tables.slots.map(() => 0);
    for (const group of tables.groups) {
      const slot = slotOf(group);
      for (const use of slot === null || slot < 0 ? [] : group.uses.filter((one) => one.passage === passage)) use.spread.forEach((share, i) => { const at = slot! + use.lag + i; if (at < sums.length) sums[at]! += group.size * share; });
    }
    return sums;
  };
  return tables.passages.map((passage, p) => ({ name: passage.id, before: arrivals(p, (group) => group.current), after: arrivals(p, (group) => planned.get(group.id) ?? null), capacity: passage.capacity.map((people, s) => people + (passage.supply?.people ?? 0) * (open.get(`${passage.id} ${tables.slots[s]}`) ?? 0)) }));
}

export interface Moved {
  group: string;
  size: number;
  from: string | null;
  to: string;
  minutes: number | null;
}
/** Groups whose slot is another than today's, the farthest first. */
export function movedOf(tables: FlowTables, rows: readonly Row[]): Moved[] {
  const moved = groupsOf(rows).filter((row) => row.slot !== row.current).map((row): Moved => {
    const [from, to] = [tables.slots.indexOf(String(row.current)), tables.slots.indexOf(String(row.slot))];
    return { group: String(row.group), size: Number(row.size), from: from < 0 ? null : String(row.current), to: String(row.slot), minutes: from < 0 ? null : (to - from) * tables.slot_min };
  });
  return moved.sort((a, b) => Math.abs(b.minutes ?? 0) - Math.abs(a.minutes ?? 0));
}

export function loadOption(load: Load, slots: readonly string[], word: (key: "before" | "after" | "capacity" | "people") => string, palette: Palette): Option {
  const axis = { axisLabel: { color: palette.soft }, nameTextStyle: { color: palette.soft }, splitLine: { lineStyle: { color: palette.line } }, axisLine: { lineStyle: { color: palette.line } } };
  const line = (key: "before" | "after" | "capacity", color: string, more: Option): Option => ({ name: word(key), type: "line", step: "middle", showSymbol: false, color, data: load[key], ...more });
  return {
    animation: false,
    textStyle: { fontFamily: LETTERS },
    tooltip: { trigger: "axis", confine: true, backgroundColor: palette.panel, borderColor: palette.line, textStyle: { color: palette.ink } },
    legend: { top: 0, type: "scroll", itemWidth: 14, itemGap: 8, textStyle: { color: palette.ink } },
    grid: { left: 8, right: 16, top: 52, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: [...slots], ...axis, splitLine: { show: false } },
    yAxis: { type: "value", name: word("people"), nameGap: 10, ...axis },
    series: [line("before", "#8a96a3", { areaStyle: { opacity: 0.12 } }), line("after", "#0f9b8e", { areaStyle: { opacity: 0.18 } }), line("capacity", "#d1495b", { lineStyle: { type: "dashed" } })],
  };
}
