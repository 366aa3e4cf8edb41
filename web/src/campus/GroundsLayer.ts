import type { LayerSpecification } from "maplibre-gl";
import { paletteOf } from "./palette";
import type { Scene } from "./scene";

const kind = (value: string) => ["==", ["get", "kind"], value] as never;
const matches = (words: readonly string[]) =>
  ["any", ...words.map((word) => ["in", word, ["downcase", ["get", "category"]]])] as never;

const LAWN = ["lawn", "grass", "garden", "green", "tree", "forest", "vegetation", "plaza.green", "park.", "pitch"];
const WATER = ["water", "pond", "lake", "river", "pool"];
/** GTFS-Pathways `pathway_mode` of stairs. */
const STAIRS = 2;

/** The ground: lawns, water, squares, roads and footways. */
export function groundsLayers(scene: Scene): LayerSpecification[] {
  const p = paletteOf(scene.theme);
  const visibility = scene.layers.ways ? "visible" : "none";
  const fence = kind("geofence");
  const width = (at16: number): never => ["interpolate", ["exponential", 2], ["zoom"], 14, at16 / 4, 16, at16, 20, at16 * 8] as never;
  const way = kind("pathway");
  const steps = ["==", ["get", "mode"], STAIRS] as never;
  return [
    { id: "ground", type: "background", paint: { "background-color": p.ground } },
    {
      id: "venue",
      type: "fill",
      source: "base",
      filter: kind("venue"),
      paint: { "fill-color": p.paved, "fill-opacity": 0.55 },
    },
    {
      id: "zones",
      type: "fill",
      source: "base",
      filter: fence,
      paint: {
        "fill-color": ["case", matches(WATER), p.water, matches(LAWN), p.lawn, p.paved] as never,
        "fill-opacity": 0.95,
      },
    },
    {
      id: "way-casing",
      type: "line",
      source: "base",
      filter: ["all", way, ["!", steps]] as never,
      layout: { visibility, "line-cap": "round", "line-join": "round" },
      paint: { "line-color": p.roadLine, "line-width": width(3.4) },
    },
    {
      id: "ways",
      type: "line",
      source: "base",
      filter: ["all", way, ["!", steps]] as never,
      layout: { visibility, "line-cap": "round", "line-join": "round" },
      paint: { "line-color": p.road, "line-width": width(2.4) },
    },
    {
      id: "steps",
      type: "line",
      source: "base",
      filter: ["all", way, steps] as never,
      layout: { visibility },
      paint: { "line-color": p.path, "line-width": width(2.6), "line-dasharray": [0.3, 0.3] },
    },
  ];
}
