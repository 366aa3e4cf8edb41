import type { LayerSpecification } from "maplibre-gl";
import { paletteOf } from "./palette";
import type { Scene } from "./scene";

/** Findings of the check, as dots by how much they matter. */
export function findingsLayers(scene: Scene): LayerSpecification[] {
  const p = paletteOf(scene.theme);
  return [
    {
      id: "findings",
      type: "circle",
      source: "findings",
      paint: {
        "circle-radius": ["case", ["get", "chosen"], 10, 6],
        "circle-color": ["match", ["get", "severity"], "error", p.danger, "warning", p.warning, p.accent],
        "circle-stroke-color": p.halo,
        "circle-stroke-width": 2,
        "circle-opacity": ["case", ["get", "here"], 1, 0.35],
      },
    },
  ];
}

/** The feature that was clicked or found; a building keeps the floor inside it clear. */
export function selectionLayers(scene: Scene): LayerSpecification[] {
  const p = paletteOf(scene.theme);
  return [
    {
      id: "selection-area",
      type: "fill",
      source: "selection",
      filter: ["all", ["==", ["geometry-type"], "Polygon"], ["!=", ["get", "kind"], "building"]] as never,
      paint: { "fill-color": p.accent, "fill-opacity": 0.22 },
    },
    {
      id: "selection-line",
      type: "line",
      source: "selection",
      filter: ["!=", ["geometry-type"], "Point"],
      paint: { "line-color": p.accent, "line-width": 3 },
    },
    {
      id: "selection-point",
      type: "circle",
      source: "selection",
      filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-radius": 15,
        "circle-color": p.accent,
        "circle-opacity": 0.18,
        "circle-stroke-color": p.accent,
        "circle-stroke-width": 2.5,
      },
    },
  ];
}
