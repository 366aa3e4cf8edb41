import type { LayerSpecification } from "maplibre-gl";
import { groups, paletteOf, roomColour } from "./palette";
import type { Scene } from "./scene";

const ROOM_HEIGHT_M = 1.4;
const MIN_ZOOM = 15;
const kind = (value: string) => ["==", ["get", "kind"], value] as never;

/** The plan of a floor, whose outlines are layers of their own: rooms by what they are for, walls, doors, what stands in them. */
export function roomsLayers(scene: Scene): LayerSpecification[] {
  if (scene.ordinal === null) return [];
  const p = paletteOf(scene.theme);
  const visibility = scene.layers.rooms ? "visible" : "none";
  const colour = [
    "match",
    ["get", "group"],
    ...groups.flatMap((group) => [group, roomColour(group, scene.theme)]),
    roomColour("other", scene.theme),
  ] as never;
  const flat: LayerSpecification[] = [
    {
      id: "levels",
      type: "fill",
      source: "indoor",
      filter: kind("level"),
      layout: { visibility },
      paint: { "fill-color": roomColour("circulation", scene.theme), "fill-antialias": false },
    },
    {
      id: "rooms",
      type: "fill",
      source: "indoor",
      minzoom: MIN_ZOOM,
      filter: kind("unit"),
      layout: { visibility },
      paint: { "fill-color": colour, "fill-antialias": false },
    },
    {
      id: "room-walls",
      type: "line",
      source: "indoor",
      minzoom: MIN_ZOOM,
      filter: kind("unit"),
      layout: { visibility, "line-join": "round" },
      paint: { "line-color": p.wall, "line-width": ["interpolate", ["linear"], ["zoom"], 16, 0.4, 19, 1.3, 22, 3] },
    },
    {
      id: "fixtures",
      type: "fill",
      source: "indoor",
      minzoom: 17,
      filter: ["in", ["get", "kind"], ["literal", ["fixture", "kiosk"]]] as never,
      layout: { visibility },
      paint: { "fill-color": p.buildingLine, "fill-opacity": 0.7, "fill-antialias": false },
    },
    {
      id: "level-lines",
      type: "line",
      source: "indoor",
      filter: kind("level"),
      layout: { visibility },
      paint: { "line-color": p.wall, "line-width": ["interpolate", ["linear"], ["zoom"], 15, 0.8, 19, 2.2] },
    },
    {
      id: "doors",
      type: "line",
      source: "indoor",
      minzoom: 17,
      filter: ["all", kind("opening"), ["==", ["geometry-type"], "LineString"]] as never,
      layout: { visibility },
      paint: { "line-color": p.door, "line-width": ["interpolate", ["linear"], ["zoom"], 17, 1.4, 20, 4] },
    },
  ];
  if (!scene.threeD) return flat;
  return [
    ...flat,
    {
      id: "room-solids",
      type: "fill-extrusion",
      source: "indoor",
      minzoom: MIN_ZOOM,
      filter: ["all", kind("unit"), ["!=", ["get", "group"], "circulation"]] as never,
      layout: { visibility },
      paint: {
        "fill-extrusion-color": colour,
        "fill-extrusion-height": ROOM_HEIGHT_M,
        "fill-extrusion-opacity": 0.95,
        "fill-extrusion-vertical-gradient": true,
      },
    },
  ];
}
