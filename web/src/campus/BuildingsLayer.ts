import type { LayerSpecification } from "maplibre-gl";
import { paletteOf } from "./palette";
import type { Scene } from "./scene";

const BUILDING = ["==", ["get", "kind"], "building"] as never;

/** Buildings: flat with an outline, or solid; faint where a floor inside is shown. */
export function buildingsLayers(scene: Scene): LayerSpecification[] {
  const p = paletteOf(scene.theme);
  const visibility = scene.layers.buildings ? "visible" : "none";
  const outside = scene.ordinal === null;
  const flat: LayerSpecification[] = [
    {
      id: "buildings",
      type: "fill",
      source: "base",
      filter: BUILDING,
      layout: { visibility },
      paint: { "fill-color": p.building, "fill-opacity": outside ? 1 : 0.85, "fill-antialias": false },
    },
    {
      id: "building-lines",
      type: "line",
      source: "base",
      filter: BUILDING,
      layout: { visibility },
      paint: { "line-color": p.buildingLine, "line-width": 1 },
    },
  ];
  if (!scene.threeD || !outside) return flat;
  return [
    ...flat,
    {
      id: "building-solids",
      type: "fill-extrusion",
      source: "base",
      filter: BUILDING,
      layout: { visibility },
      paint: {
        "fill-extrusion-color": p.building,
        "fill-extrusion-height": ["get", "height"],
        "fill-extrusion-opacity": 0.92,
        "fill-extrusion-vertical-gradient": true,
      },
    },
  ];
}

/** Names of buildings, over everything else. */
export function buildingLabels(scene: Scene): LayerSpecification[] {
  const p = paletteOf(scene.theme);
  return [
    {
      id: "building-names",
      type: "symbol",
      source: "base",
      filter: BUILDING,
      ...(scene.ordinal === null ? {} : { maxzoom: 18.2 }),
      layout: {
        visibility: scene.layers.labels && scene.layers.buildings ? "visible" : "none",
        "text-field": ["get", "title"],
        "text-font": ["sans-serif"],
        "text-size": ["interpolate", ["linear"], ["zoom"], 15, 11, 18, 15],
        "text-max-width": 8,
        "text-padding": 6,
        "symbol-sort-key": ["get", "rank"],
      },
      paint: { "text-color": p.label, "text-halo-color": p.halo, "text-halo-width": 1.6 },
    },
  ];
}
