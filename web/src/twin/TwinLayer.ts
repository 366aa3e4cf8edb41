import type { LayerSpecification } from "maplibre-gl";
import { paletteOf } from "@/campus/palette";
import type { Scene } from "@/campus/scene";
import { HATCH } from "./hatch";

const ROOM_HEIGHT_M = 1.42;
const state = (value: string) => ["==", ["get", "state"], value] as never;
const NO_POINTS = { light: "#e4e5e3", dark: "#31373a" } as const;

/** What the twin tells of rooms, or of buildings from outside; grey without sensors, hatched where they are silent. */
export function twinLayers(scene: Scene): LayerSpecification[] {
  const p = paletteOf(scene.theme);
  const solid = scene.threeD
    ? [
        {
          id: "twin-solids",
          type: "fill-extrusion" as const,
          source: "twin",
          filter: state("told"),
          paint: {
            "fill-extrusion-color": ["get", "colour"] as never,
            "fill-extrusion-height": (scene.ordinal === null ? ["get", "height"] : ROOM_HEIGHT_M) as never,
            "fill-extrusion-opacity": 0.95,
            "fill-extrusion-vertical-gradient": true,
          },
        },
      ]
    : [];
  return [
    { id: "twin-none", type: "fill", source: "twin", filter: state("none"), paint: { "fill-color": NO_POINTS[scene.theme], "fill-antialias": false } },
    { id: "twin-silent", type: "fill", source: "twin", filter: state("silent"), paint: { "fill-pattern": HATCH } },
    { id: "twin-told", type: "fill", source: "twin", filter: state("told"), paint: { "fill-color": ["get", "colour"], "fill-opacity": 0.92, "fill-antialias": false } },
    { id: "twin-walls", type: "line", source: "twin", paint: { "line-color": p.wall, "line-width": ["interpolate", ["linear"], ["zoom"], 16, 0.4, 19, 1.3, 22, 3] } },
    ...solid,
  ];
}

/** Alarms: a ring around the place that each is about. */
export function alarmLayers(scene: Scene): LayerSpecification[] {
  const p = paletteOf(scene.theme);
  return [
    { id: "alarm-areas", type: "line", source: "alarms", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": p.danger, "line-width": 3.5 } },
    { id: "alarm-points", type: "circle", source: "alarms", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": p.danger, "circle-radius": 9, "circle-stroke-color": p.halo, "circle-stroke-width": 2 } },
  ];
}
