import type { LayerSpecification } from "maplibre-gl";
import { paletteOf } from "./palette";
import type { Scene } from "./scene";

/** Pictograms and names of rooms and places; where they collide the more useful one stays. */
export function placesLayers(scene: Scene): LayerSpecification[] {
  const p = paletteOf(scene.theme);
  const named = scene.layers.labels ? "visible" : "none";
  const paint = { "text-color": p.label, "text-halo-color": p.halo, "text-halo-width": 1.4 };
  const pictures = scene.layers.places ? "visible" : "none";
  const outdoor: LayerSpecification = {
    id: "outdoor-places",
    type: "symbol",
    source: "base",
    minzoom: 15.5,
    filter: ["==", ["get", "kind"], "amenity"],
    layout: placeLayout(pictures, scene.layers.labels),
    paint,
  };
  const zones: LayerSpecification = {
    id: "zone-names",
    type: "symbol",
    source: "base",
    minzoom: 16.5,
    filter: ["==", ["get", "kind"], "geofence"],
    layout: { visibility: named, "text-field": ["get", "title"], "text-font": ["sans-serif"], "text-size": 11.5, "text-max-width": 7 },
    paint: { ...paint, "text-opacity": 0.75 },
  };
  if (scene.ordinal === null) return [zones, outdoor];
  return [
    zones,
    outdoor,
    {
      id: "room-names",
      type: "symbol",
      source: "indoor",
      minzoom: 17.4,
      filter: ["all", ["==", ["get", "kind"], "unit"], ["==", ["get", "picture"], ""]] as never,
      layout: {
        visibility: scene.layers.rooms ? named : "none",
        "text-field": ["get", "title"],
        "text-font": ["sans-serif"],
        "text-size": ["interpolate", ["linear"], ["zoom"], 17.4, 9.5, 20, 13],
        "text-max-width": 6,
        "text-padding": 3,
        "symbol-sort-key": ["get", "rank"],
      },
      paint,
    },
    {
      id: "room-pictures",
      type: "symbol",
      source: "indoor",
      minzoom: 16.8,
      filter: ["all", ["in", ["get", "kind"], ["literal", ["unit", "amenity", "occupant"]]], ["!=", ["get", "picture"], ""]] as never,
      layout: placeLayout(pictures, scene.layers.labels),
      paint,
    },
  ];
}

function placeLayout(visibility: "visible" | "none", labels: boolean): never {
  return {
    visibility,
    "icon-image": ["get", "picture"],
    "icon-size": ["interpolate", ["linear"], ["zoom"], 16, 0.6, 18, 0.8, 20, 1],
    "icon-padding": 1,
    "text-field": labels ? ["step", ["zoom"], "", 17.2, ["get", "title"]] : "",
    "text-font": ["sans-serif"],
    "text-size": 11,
    "text-anchor": "top",
    "text-offset": [0, 0.95],
    "text-optional": true,
    "text-max-width": 7,
    "symbol-sort-key": ["get", "rank"],
  } as never;
}
