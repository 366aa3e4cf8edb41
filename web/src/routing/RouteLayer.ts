import type { Feature, FeatureCollection } from "geojson";
import type { LayerSpecification } from "maplibre-gl";
import { paletteOf } from "@/campus/palette";
import type { Scene } from "@/campus/scene";
import type { Route } from "@/client/model";

const WIDTH = ["interpolate", ["linear"], ["zoom"], 14, 3, 18, 6, 21, 9] as never;
const CASING = ["interpolate", ["linear"], ["zoom"], 14, 5, 18, 10, 21, 14] as never;

/** An opacity, less for who does not stand out. */
const clear = (opacity: number): never => ["case", ["boolean", ["get", "faint"], false], opacity / 5, opacity] as never;

/** The way: a line with a casing, faint on other floors, other choices grey underneath; tours have colours of their own. */
export function routeLayers(scene: Scene): LayerSpecification[] {
  const p = paletteOf(scene.theme);
  const layout = { "line-cap": "round", "line-join": "round" } as const;
  const line = ["==", ["geometry-type"], "LineString"] as never;
  const of = (...conditions: unknown[]): never => ["all", line, ...conditions] as never;
  const chosen = ["get", "chosen"];
  const here = ["get", "here"] as never;
  const colour = ["coalesce", ["get", "colour"], p.route] as never;
  const offset = ["coalesce", ["get", "offset"], 0] as never;
  return [
    { id: "route-others", type: "line", source: "route", filter: of(["!", chosen]), layout, paint: { "line-color": p.wall, "line-width": WIDTH, "line-opacity": ["case", here, 0.6, 0.2] as never } },
    { id: "route-elsewhere", type: "line", source: "route", filter: of(chosen, ["!", here]), layout, paint: { "line-color": colour, "line-width": WIDTH, "line-offset": offset, "line-opacity": clear(0.3), "line-dasharray": [0.4, 1.6] } },
    { id: "route-casing", type: "line", source: "route", filter: of(chosen, here), layout, paint: { "line-color": p.routeCasing, "line-width": CASING, "line-offset": offset, "line-opacity": clear(1) } },
    { id: "route", type: "line", source: "route", filter: of(chosen, here), layout, paint: { "line-color": colour, "line-width": WIDTH, "line-offset": offset, "line-opacity": clear(1) } },
    {
      id: "route-stops",
      type: "circle",
      source: "stops",
      filter: ["!", ["has", "number"]],
      paint: {
        "circle-radius": ["match", ["get", "role"], "step", 6, 8],
        "circle-color": ["match", ["get", "role"], "from", "#2d9d5c", "to", p.danger, "step", p.halo, p.warning],
        "circle-stroke-color": ["match", ["get", "role"], "step", p.route, "#ffffff"],
        "circle-stroke-width": 3,
        "circle-opacity": ["case", here, 1, 0.4],
        "circle-stroke-opacity": ["case", here, 1, 0.5],
      },
    },
  ];
}

/** Numbered stops of tours, above all names. */
export function tourStopLayers(scene: Scene): LayerSpecification[] {
  const p = paletteOf(scene.theme);
  return [
    {
      id: "tour-stops",
      type: "circle",
      source: "stops",
      filter: ["has", "number"],
      layout: { "circle-sort-key": ["case", ["get", "chosen"], 1, 0] },
      paint: {
        "circle-radius": ["case", ["get", "chosen"], 15, 11],
        "circle-color": ["get", "colour"] as never,
        "circle-stroke-color": ["case", ["get", "chosen"], p.label, "#ffffff"] as never,
        "circle-stroke-width": 2,
        "circle-opacity": ["case", ["get", "here"], clear(1), clear(0.55)] as never,
        "circle-stroke-opacity": ["case", ["get", "here"], clear(1), clear(0.55)] as never,
      },
    },
    {
      id: "tour-numbers",
      type: "symbol",
      source: "stops",
      filter: ["has", "number"],
      layout: { "text-field": ["get", "number"], "text-font": ["sans-serif"], "text-size": 12, "text-allow-overlap": true, "text-ignore-placement": true },
      paint: { "text-color": "#ffffff", "text-opacity": clear(1) },
    },
  ];
}

/** Routes as lines a leg; a change of floor is a point and is not drawn. `shown` null draws all floors. */
export function routeFeatures(routes: readonly Route[], chosen: number, shown: number | null): FeatureCollection {
  const features: Feature[] = [];
  routes.forEach((route, index) => {
    for (const leg of route.legs) {
      const here = shown === null || leg.level === shown || leg.to_level === shown;
      features.push({ type: "Feature", geometry: leg.geometry, properties: { chosen: index === chosen, here, mode: leg.mode } });
    }
  });
  return { type: "FeatureCollection", features };
}

/** Start, stops on the way and goal, and the step that is read now; faint where another floor is shown. */
export function stopFeatures(route: Route | undefined, step: number | null, shown: number | null): FeatureCollection {
  const features: Feature[] = [];
  const point = (at: { lon: number; lat: number; level: number }, role: string): void => {
    const here = shown === null || at.level === shown;
    features.push({ type: "Feature", geometry: { type: "Point", coordinates: [at.lon, at.lat] }, properties: { role, here } });
  };
  route?.stops.forEach((stop, index) => {
    const role = index === 0 ? "from" : index === route.stops.length - 1 ? "to" : "via";
    point(stop, role);
  });
  const current = step === null ? undefined : route?.steps[step];
  if (current) point(current, "step");
  return { type: "FeatureCollection", features };
}
