import type { LayerSpecification } from "maplibre-gl";
import { paletteOf } from "./palette";
import type { Scene } from "./scene";

/** What is closed now: red hatching over areas, rooms and ways. */
export function closuresLayers(scene: Scene): LayerSpecification[] {
  const p = paletteOf(scene.theme);
  const visibility = scene.layers.closures ? "visible" : "none";
  return [
    {
      id: "closure-areas",
      type: "fill",
      source: "closures",
      filter: ["==", ["geometry-type"], "Polygon"],
      layout: { visibility },
      paint: { "fill-color": p.danger, "fill-opacity": 0.28 },
    },
    {
      id: "closure-lines",
      type: "line",
      source: "closures",
      filter: ["!=", ["geometry-type"], "Point"],
      layout: { visibility },
      paint: { "line-color": p.danger, "line-width": 2.4, "line-dasharray": [1.4, 1] },
    },
    {
      id: "closure-signs",
      type: "symbol",
      source: "closures",
      layout: { visibility, "icon-image": "closed", "icon-size": 0.85, "icon-allow-overlap": true },
    },
  ];
}
