import type { Feature, FeatureCollection } from "geojson";
import type { LayerSpecification } from "maplibre-gl";
import { paletteOf } from "@/campus/palette";
import type { Scene } from "@/campus/scene";
import type { Route } from "@/client/model";

const WIDTH = ["interpolate", ["linear"], ["zoom"], 14, 3, 18, 6, 21, 9] as never;
const CASING = ["interpolate", ["linear"], ["zoom"], 14, 5, 18, 10, 21, 14] as never;

/** The way: a line with a casing, faint on other floors, other choices grey underneath. */
export function routeLayers(scene: Scene): LayerSpecification[] {
  const p = paletteOf(scene.theme);
  const layout = { "line-cap": "round", "line-join": "round" } as const;
  const line = ["==", ["geometry-type"], "LineString"] as never;
  const of = (...conditions: unknown[]): never => ["all", line, ...conditions] as never;
  const chosen = ["get", "chosen"];
  const here = ["get", "here"] as never;
  return [
    { id: "route-others", type: "line", source: "route", filter: of(["!", chosen]), layout, paint: { "line-color": p.wall, "line-width": WIDTH, "line-opacity": ["case", here, 0.6, 0.2] as never } },
    { id: "route-elsewhere", type: "line", source: "route", filter: of(chosen, ["!", here]), layout, paint: { "line-color": p.route, "line-width": WIDTH, "line-opacity": 0.3, "line-dasharray": [0.4, 1.6] } },
    { id: "route-casing", type: "line", source: "route", filter: of(chosen, here), layout, paint: { "line-color": p.routeCasing, "line-width": CASING } },
    { id: "route", type: "line", source: "route", filter: of(chosen, here), layout, paint: { "line-color": p.route, "line-width": WIDTH } },
    {
      id: "route-stops",
      type: "circle",
      source: "stops",
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
