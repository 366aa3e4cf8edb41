/** The list of points: found by any of their words, filtered by place, kind, quality and silence. */
import type { LanguageMap } from "@/client/model";
import type { PointRow, PointValue } from "@/client/telemetry";

export type Silence = "hour" | "day" | "never";
export interface ListedPoint extends PointRow {
  latest?: PointValue;
  /** Everything that a search looks at. */
  words: string;
}
export interface Filter {
  text: string;
  building: string;
  quantity: string;
  quality: number | "";
  silence: Silence | "";
}
export const NO_FILTER: Filter = { text: "", building: "", quantity: "", quality: "", silence: "" };
const HOUR = 3_600_000;

const said = (names: LanguageMap): string => Object.values(names).join(" ");

export function listed(points: readonly PointRow[], latest: readonly PointValue[]): ListedPoint[] {
  const newest = new Map(latest.map((one) => [one.point as string, one]));
  return points.map((point) => ({
    ...point,
    latest: newest.get(point.id),
    words: [point.id, said(point.name), point.brick_class, point.quantity_name?.zh, point.quantity_name?.en, said(point.device_name), said(point.place_name), said(point.building_name)].join(" ").toLowerCase(),
  }));
}

export function isSilent(point: ListedPoint, silence: Silence | "", now: number): boolean {
  if (silence === "") return true;
  if (!point.latest) return silence === "never";
  return silence !== "never" && now - Date.parse(point.latest.at) > (silence === "hour" ? HOUR : 24 * HOUR);
}

export function filtered(points: readonly ListedPoint[], filter: Filter, now: number): ListedPoint[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return points.filter(
    (point) =>
      words.every((word) => point.words.includes(word)) &&
      (filter.building === "" || point.building === filter.building) &&
      (filter.quantity === "" || point.quantity === filter.quantity) &&
      (filter.quality === "" || point.latest?.quality === filter.quality) &&
      isSilent(point, filter.silence, now),
  );
}

export interface Choice {
  value: string;
  names: LanguageMap;
  count: number;
}

/** What a filter may choose from, the most frequent first. */
export function choices(points: readonly ListedPoint[], key: "building" | "quantity"): Choice[] {
  const found = new Map<string, Choice>();
  for (const point of points) {
    const value = point[key];
    if (!value) continue;
    const known = found.get(value);
    if (known) known.count += 1;
    else found.set(value, { value, count: 1, names: key === "building" ? point.building_name : { ...point.quantity_name! } });
  }
  return [...found.values()].sort((a, b) => b.count - a.count || a.value.localeCompare(b.value));
}
