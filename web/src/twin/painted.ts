/** Rooms and buildings with the colour of what is told of them, as features of the map. */
import type { Feature, FeatureCollection, Geometry } from "geojson";
import type { TwinAlarm } from "@/client/twin";
import type { Numbers } from "./values";
import { colourOf } from "./scales";

type Scale = Parameters<typeof colourOf>[0];
export const NONE: FeatureCollection = { type: "FeatureCollection", features: [] };

/** Return the floor's rooms, or outdoors the buildings, coloured; `silent` ones have points that say nothing now. */
export function painted(base: FeatureCollection, indoor: FeatureCollection, numbers: Numbers, scale: Scale): FeatureCollection {
  const rooms = indoor.features.filter((feature) => feature.properties?.kind === "unit");
  const shown = rooms.length ? rooms : base.features.filter((feature) => feature.properties?.kind === "building");
  return {
    type: "FeatureCollection",
    features: shown.filter(isArea).map((feature) => {
      const id = String(feature.properties?.id ?? "");
      const value = numbers.get(id);
      const state = value === undefined ? "none" : value === null ? "silent" : "told";
      const colour = typeof value === "number" ? colourOf(scale, value) : "";
      return { type: "Feature", geometry: feature.geometry, properties: { id, state, colour, kind: feature.properties?.kind, height: feature.properties?.height } };
    }),
  };
}

/** Where alarms are: on the room or the building that they name. */
export function alarmsAt(base: FeatureCollection, indoor: FeatureCollection, alarms: readonly TwinAlarm[]): FeatureCollection {
  const places = new Map([...base.features, ...indoor.features].map((feature) => [String(feature.properties?.id ?? ""), feature]));
  return {
    type: "FeatureCollection",
    features: alarms.flatMap((alarm) => {
      const place = alarm.space ? places.get(alarm.space) : undefined;
      return place ? [{ type: "Feature" as const, geometry: place.geometry, properties: { id: alarm.space, severity: alarm.severity } }] : [];
    }),
  };
}

const isArea = (feature: Feature<Geometry>): boolean => feature.geometry.type === "Polygon" || feature.geometry.type === "MultiPolygon";
