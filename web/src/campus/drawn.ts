/** Features as they are drawn: the API's properties plus a title, a colour group, a picture, a height. */
import type { Feature, FeatureCollection, Geometry } from "geojson";
import type { PlaceCollection, PlaceProperties } from "@/client/model";
import { nameIn } from "@/i18n";
import { groupOf } from "./palette";
import { pictogramOf } from "./pictograms";

export interface DrawnProperties {
  id: string;
  kind: string;
  category: string;
  title: string;
  group: string;
  picture: string;
  height: number;
  closed: boolean;
  rank: number;
  mode: number;
}

export type Drawn = FeatureCollection<Geometry, DrawnProperties>;

export const NOTHING: Drawn = { type: "FeatureCollection", features: [] };

/** Categories whose number or name is noise on a plan: their picture says it. */
const UNTITLED = new Set(["vertical", "sanitary", "circulation", "closed"]);
const POINTS = new Set(["amenity", "occupant"]);
const DEFAULT_STOREY_M = 3.6;
const DEFAULT_STOREYS = 3;

function heightOf(p: PlaceProperties): number {
  if (typeof p.height_m === "number" && p.height_m > 0) return p.height_m;
  const storeys = typeof p.storeys === "number" && p.storeys > 0 ? p.storeys : DEFAULT_STOREYS;
  return storeys * DEFAULT_STOREY_M;
}

function titleOf(p: PlaceProperties, group: string, language: string): string {
  const name = nameIn(p.name, language) || nameIn(p.label, language);
  return p.feature_type === "unit" && UNTITLED.has(group) && pictogramOf(p.category) ? "" : name;
}

/** Return the features as drawn in one language; `closed` are ids that a closure names. */
export function drawn(collection: PlaceCollection, language: string, closed: ReadonlySet<string>): Drawn {
  const features: Feature<Geometry, DrawnProperties>[] = [];
  for (const feature of collection.features) {
    if (!feature.geometry) continue;
    const p = feature.properties;
    const group = groupOf(p.category);
    const id = String(feature.id ?? "");
    const picture = pictogramOf(p.category)?.name ?? "";
    const kind = p.feature_type ?? "";
    features.push({
      type: "Feature",
      geometry: feature.geometry,
      properties: {
        id,
        kind,
        category: p.category ?? "",
        title: titleOf(p, group, language),
        group,
        picture: POINTS.has(kind) && !picture ? "place" : picture,
        height: heightOf(p),
        closed: closed.has(id),
        rank: rankOf(kind, group),
        mode: p.mode ?? 0,
      },
    });
  }
  return { type: "FeatureCollection", features };
}

/** Small ranks win where labels collide. */
function rankOf(kind: string, group: string): number {
  if (kind === "building") return 0;
  if (group === "vertical") return 1;
  if (POINTS.has(kind)) return 2;
  return group === "work" ? 4 : 3;
}

/** The box around features, in degrees. */
export function boundsOf(geometries: readonly Geometry[]): [number, number, number, number] | null {
  let box: [number, number, number, number] | null = null;
  const visit = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    if (typeof value[0] === "number") {
      const [lon, lat] = value as [number, number];
      box = box
        ? [Math.min(box[0], lon), Math.min(box[1], lat), Math.max(box[2], lon), Math.max(box[3], lat)]
        : [lon, lat, lon, lat];
    } else value.forEach(visit);
  };
  for (const geometry of geometries)
    if (geometry.type === "GeometryCollection") geometry.geometries.forEach((g) => visit((g as { coordinates?: unknown }).coordinates));
    else visit(geometry.coordinates);
  return box;
}
