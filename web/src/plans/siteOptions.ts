/** Sites: whom each serves, how far people walk, who walks farthest, and all of it on the map. */
import type { Feature, FeatureCollection } from "geojson";
import type { SiteView } from "@/client/plans";
import type { Option, Palette } from "@/energy/options";
import { LETTERS } from "@/shell/letters";
import { coloursOf } from "./edits";
import { escaped } from "./gantt";
import type { MapSpot } from "./tours";

export type Served = SiteView["served"][number];
export interface SiteSum {
  site: string;
  colour: string;
  people: number;
  mean_s: number;
  most_s: number;
}

/** What each chosen site does, also those that serve nobody. */
export function sumsOf(served: readonly Served[], chosen: readonly string[]): SiteSum[] {
  const colour = coloursOf(chosen);
  return chosen.map((site) => {
    const own = served.filter((one) => one.site === site);
    const people = own.reduce((sum, one) => sum + one.people, 0);
    const walked = own.reduce((sum, one) => sum + one.people * (one.seconds ?? 0), 0);
    return { site, colour: colour(site), people, mean_s: people ? walked / people : 0, most_s: Math.max(0, ...own.map((one) => one.seconds ?? 0)) };
  });
}

/** Those who walk farthest; whoever is out of reach first. */
export const worstOf = (served: readonly Served[], n: number): Served[] => [...served].sort((a, b) => (b.seconds ?? Infinity) - (a.seconds ?? Infinity)).slice(0, n);

/** People by how far they walk, in steps of minutes that suit the longest walk. */
export function binsOf(served: readonly Served[]): { step_s: number; people: number[] } {
  const walks = served.filter((one) => one.seconds !== null);
  const most = Math.max(0, ...walks.map((one) => one.seconds!));
  const step_s = [30, 60, 120, 300, 600, 1800].find((step) => most / step <= 16) ?? 3600;
  const people = new Array<number>(Math.floor(most / step_s) + 1).fill(0);
  for (const one of walks) people[Math.floor(one.seconds! / step_s)]! += one.people;
  return { step_s, people };
}

const inMinutes = (seconds: number): string => String(Math.round((seconds / 60) * 100) / 100);
export function binsOption(bins: { step_s: number; people: number[] }, word: (key: "people" | "minutes") => string, palette: Palette): Option {
  const axis = { axisLabel: { color: palette.soft }, nameTextStyle: { color: palette.soft }, splitLine: { lineStyle: { color: palette.line } }, axisLine: { lineStyle: { color: palette.line } } };
  return {
    animation: false,
    textStyle: { fontFamily: LETTERS },
    tooltip: { trigger: "axis", confine: true, backgroundColor: palette.panel, borderColor: palette.line, textStyle: { color: palette.ink } },
    grid: { left: 8, right: 16, top: 30, bottom: 26, containLabel: true },
    xAxis: { type: "category", data: bins.people.map((_, i) => `${inMinutes(i * bins.step_s)}–${inMinutes((i + 1) * bins.step_s)}`), name: word("minutes"), nameLocation: "middle", nameGap: 26, ...axis, splitLine: { show: false } },
    yAxis: { type: "value", name: word("people"), nameGap: 10, ...axis },
    series: [{ name: word("people"), type: "bar", color: "#0f9b8e", barMaxWidth: 36, data: bins.people.map((n) => Math.round(n * 100) / 100) }],
  };
}

/** Demands and their sites as links, where no place has coordinates. */
export function linksOption(served: readonly Served[], sums: readonly SiteSum[], narrow: boolean, palette: Palette): Option {
  const label = { color: palette.ink, fontSize: 11, formatter: ({ name }: { name: string }) => name.slice(1), width: narrow ? 80 : 160, overflow: "truncate" };
  const links = served.filter((one) => one.site !== null && one.people > 0).map((one) => ({ source: `<${one.demand}`, target: `>${one.site}`, value: one.people }));
  const names = new Map<string, string | undefined>(links.map((link) => [link.source, undefined]));
  for (const sum of sums) if (sum.people) names.set(`>${sum.site}`, sum.colour);
  return {
    animation: false,
    textStyle: { fontFamily: LETTERS },
    tooltip: { confine: true, backgroundColor: palette.panel, borderColor: palette.line, textStyle: { color: palette.ink }, formatter: (one: { dataType: string; name: string; value: number; data: { source: string; target: string } }) => (one.dataType === "edge" ? `${escaped(one.data.source.slice(1))} → ${escaped(one.data.target.slice(1))}: ${one.value}` : `${escaped(one.name.slice(1))}: ${one.value}`) },
    series: [{ type: "sankey", left: 8, right: narrow ? 88 : 170, top: 8, bottom: 8, nodeGap: 8, nodeWidth: 12, draggable: false, label, lineStyle: { color: "target", opacity: 0.35 }, data: [...names].map(([name, color]) => ({ name, itemStyle: { color: color ?? "#8a96a3" } })), links }],
  };
}

/** Lines from demands to their sites, and marks of both and of sites that could be chosen, as the map draws tours. */
export function siteFeatures(served: readonly Served[], sums: readonly SiteSum[], spots: Record<string, MapSpot>, shown: number | null, site: string | null, others: readonly string[] = []): { route: FeatureCollection; stops: FeatureCollection } {
  const colours = new Map(sums.map((sum) => [sum.site, sum.colour]));
  const point = (spot: MapSpot): Feature["geometry"] => ({ type: "Point", coordinates: [spot.lon, spot.lat] });
  const on = (...levels: number[]): boolean => shown === null || levels.includes(shown);
  const lines = served.flatMap((one): Feature[] => {
    const [from, to] = [spots[one.demand], spots[one.site ?? ""]];
    return from && to && one.demand !== one.site ? [{ type: "Feature", geometry: { type: "LineString", coordinates: [[from.lon, from.lat], [to.lon, to.lat]] }, properties: { chosen: true, colour: colours.get(one.site!), faint: site !== null && site !== one.site, here: on(from.level, to.level) } }] : [];
  });
  const demands = served.flatMap((one): Feature[] => {
    const spot = spots[one.demand];
    return spot ? [{ type: "Feature", geometry: point(spot), properties: { role: one.site === null ? "to" : "step", here: on(spot.level) } }] : [];
  });
  const marks = sums.flatMap((sum, i): Feature[] => {
    const spot = spots[sum.site];
    return spot ? [{ type: "Feature", geometry: point(spot), properties: { id: sum.site, number: String(i + 1), colour: sum.colour, chosen: sum.site === site, faint: site !== null && sum.site !== site, here: on(spot.level) } }] : [];
  });
  const free = others.flatMap((name): Feature[] => {
    const spot = spots[name];
    return spot ? [{ type: "Feature", geometry: point(spot), properties: { id: name, number: "+", colour: "#8a96a3", chosen: name === site, faint: name !== site, here: on(spot.level) } }] : [];
  });
  return { route: { type: "FeatureCollection", features: lines }, stops: { type: "FeatureCollection", features: [...demands, ...free, ...marks] } };
}
