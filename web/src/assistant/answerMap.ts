/** The map of an answer: its scale of colours, its features, and the live map that it opens. */
import type { Feature, FeatureCollection } from "geojson";
import type { MapPlace, PlaceMap } from "@/client/model";
import { NONE, painted } from "@/twin/painted";
import { BLUES, colourOf, HEAT, type LayerKey, layerKeys, layers, type Stop } from "@/twin/scales";

const collection = (features: Feature[]): FeatureCollection => ({ type: "FeatureCollection", features });
const STEPS = [1, 2, 4, 8, 10] as const;

export const layerOf = (key: string | null | undefined): LayerKey | null => layerKeys.find((one) => one === key) ?? null;

/** The least round number that nothing is above. */
export function roundTop(values: readonly number[]): number {
  const most = Math.max(0, ...values);
  if (most === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return power * STEPS.find((step) => step * power >= most)!;
}

/** The scale of the live map's layer, else one from nought to the most: warm for amounts, blue for numbers of things. */
export function scaleOf(map: PlaceMap): readonly Stop[] {
  const layer = layerOf(map.layer);
  if (layer) return layers[layer].stops;
  const top = roundTop(map.places.map((place) => place.value ?? 0));
  return (map.unit ? HEAT : BLUES).map((colour, i, all) => [(top * i) / (all.length - 1), colour] as const);
}

/** The areas that are told of, coloured; nothing on another floor. Zones are coloured as rooms are. */
export function areasOf(map: PlaceMap, base: FeatureCollection, indoor: FeatureCollection, ordinal: number | null): FeatureCollection {
  if (ordinal !== (map.ordinal ?? null)) return NONE;
  const numbers = new Map(map.places.filter((place) => !place.dot).map((place) => [place.id as string, place.value ?? null]));
  const zones = collection([...base.features, ...indoor.features].filter((one) => one.properties?.kind === "geofence").map((one) => ({ ...one, properties: { ...one.properties, kind: "unit" } })));
  const scale = scaleOf(map);
  const told = [...painted(base, indoor, numbers, scale).features, ...painted(NONE, zones, numbers, scale).features];
  return collection(told.filter((one) => one.properties?.state !== "none"));
}

/** What is written: the number, and the name of what the answer names; from outside of each building. */
function textOf(place: MapPlace, map: PlaceMap, say: (place: MapPlace) => string): string {
  const named = place.marked || map.ordinal === null;
  return [named ? say(place) : "", place.label].filter(Boolean).join("\n");
}

/** Numbers and points, and around what the answer names its outline. */
export function marksOf(map: PlaceMap, base: FeatureCollection, indoor: FeatureCollection, ordinal: number | null, say: (place: MapPlace) => string): FeatureCollection {
  if (ordinal !== (map.ordinal ?? null)) return NONE;
  const scale = scaleOf(map);
  const marked = new Set(map.places.filter((place) => place.marked && !place.dot).map((place) => place.id as string));
  const outlines = [...base.features, ...indoor.features].filter((one) => marked.has(String(one.properties?.id ?? "")) && one.geometry.type !== "Point");
  const words = map.places.flatMap((place, rank): Feature[] => {
    const [text, value] = [textOf(place, map, say), place.value ?? null];
    const colour = value === null ? "#9aa4a8" : colourOf(scale, value);
    return text || place.dot ? [{ type: "Feature", geometry: { type: "Point", coordinates: [place.lon, place.lat] }, properties: { id: place.id, text, colour, rank, marked: place.marked, dot: place.dot } }] : [];
  });
  return collection([...outlines, ...words]);
}

/** The live map with the layer, the floor and the place of an answer. */
export const liveLink = (map: PlaceMap) => ({
  path: "/map",
  query: { ...(map.opens && { layer: map.opens }), level: map.ordinal === null || map.ordinal === undefined ? "outside" : String(map.ordinal), ...(map.focus && { place: map.focus as string }) },
});
