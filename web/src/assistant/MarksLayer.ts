import type { LayerSpecification } from "maplibre-gl";
import { paletteOf } from "@/campus/palette";
import type { Scene } from "@/campus/scene";

/** What an answer tells of places: the areas that it names outlined, devices as points, numbers above all names. */
export function marksLayers(scene: Scene): LayerSpecification[] {
  const p = paletteOf(scene.theme);
  return [
    { id: "mark-areas", type: "line", source: "marks", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": p.label, "line-width": 2.5 } },
    { id: "mark-points", type: "circle", source: "marks", filter: ["all", ["==", ["geometry-type"], "Point"], ["get", "dot"]] as never, paint: { "circle-color": ["get", "colour"], "circle-radius": 8, "circle-stroke-color": p.label, "circle-stroke-width": 2 } },
    {
      id: "mark-words",
      type: "symbol",
      source: "marks",
      filter: ["==", ["geometry-type"], "Point"],
      layout: {
        "text-field": ["get", "text"],
        "text-font": ["sans-serif"],
        "text-size": ["case", ["get", "marked"], 13, 11.5],
        "text-max-width": 9,
        "text-padding": 1,
        "text-anchor": ["case", ["get", "dot"], "top", "center"],
        "text-offset": ["case", ["get", "dot"], ["literal", [0, 0.9]], ["literal", [0, 0]]],
        "symbol-sort-key": ["get", "rank"],
      },
      paint: { "text-color": p.label, "text-halo-color": p.halo, "text-halo-width": 1.8 },
    },
  ];
}
