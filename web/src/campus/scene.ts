/** What the map shows, as plain data; the style is a pure function of it. */
import type { Theme } from "@/shell/preferences";

export interface Scene {
  theme: Theme;
  /** Level ordinal shown indoors; null shows buildings from outside. */
  ordinal: number | null;
  threeD: boolean;
  layers: LayerChoice;
  /** Feature that is highlighted. */
  selected: string | null;
}

export interface LayerChoice {
  buildings: boolean;
  rooms: boolean;
  labels: boolean;
  places: boolean;
  ways: boolean;
  closures: boolean;
}

export const layerNames = ["buildings", "rooms", "labels", "places", "ways", "closures"] as const;
export const ALL_LAYERS: LayerChoice = {
  buildings: true,
  rooms: true,
  labels: true,
  places: true,
  ways: true,
  closures: true,
};

/** A click on the map, and the feature it hit. */
export interface MapClick {
  lon: number;
  lat: number;
  id: string | null;
}

/** The ids of the sources each layer module reads. */
export const SOURCES = ["base", "indoor", "twin", "alarms", "closures", "findings", "selection", "route", "stops", "marks"] as const;
export type SourceId = (typeof SOURCES)[number];
