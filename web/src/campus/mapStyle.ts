import type { FeatureCollection } from "geojson";
import type { StyleSpecification } from "maplibre-gl";
import { marksLayers } from "@/assistant/MarksLayer";
import { routeLayers, tourStopLayers } from "@/routing/RouteLayer";
import { buildingLabels, buildingsLayers } from "./BuildingsLayer";
import { closuresLayers } from "./ClosuresLayer";
import { findingsLayers, selectionLayers } from "./FindingsLayer";
import { groundsLayers } from "./GroundsLayer";
import { placesLayers } from "./PlacesLayer";
import { roomsLayers } from "./RoomsLayer";
import { alarmLayers, twinLayers } from "@/twin/TwinLayer";
import { type Scene, type SourceId, SOURCES } from "./scene";

/**
 * The whole map as one style. There is no `glyphs` address: MapLibre draws letters with the
 * reader's own fonts, so that nothing is fetched and Chinese looks native.
 */
export function mapStyle(scene: Scene, data: Partial<Record<SourceId, FeatureCollection>> = {}): StyleSpecification {
  const empty = { type: "FeatureCollection" as const, features: [] };
  return {
    version: 8,
    sources: Object.fromEntries(SOURCES.map((id) => [id, { type: "geojson" as const, data: data[id] ?? empty }])),
    light: { anchor: "viewport", color: "#ffffff", intensity: scene.theme === "dark" ? 0.25 : 0.35, position: [1.3, 210, 35] },
    layers: [
      ...groundsLayers(scene),
      ...buildingsLayers(scene),
      ...roomsLayers(scene),
      ...twinLayers(scene),
      ...selectionLayers(scene),
      ...alarmLayers(scene),
      ...closuresLayers(scene),
      ...routeLayers(scene),
      ...placesLayers(scene),
      ...buildingLabels(scene),
      ...findingsLayers(scene),
      ...tourStopLayers(scene),
      ...marksLayers(scene),
    ],
  };
}

/** Layers whose features can be clicked, topmost first. */
export const CLICKABLE = [
  "tour-stops",
  "findings",
  "closure-signs",
  "room-pictures",
  "outdoor-places",
  "room-solids",
  "rooms",
  "building-solids",
  "buildings",
] as const;
