/** What the API answers, in the words of the domain. Kept in step with schema.ts by the compiler. */
import type { Feature as GeoFeature, FeatureCollection, Geometry } from "geojson";

export interface Text {
  zh: string;
  en: string;
}

export type LanguageMap = Readonly<Record<string, string>>;

export type Right =
  | "see_place"
  | "ask_way"
  | "ask_assistant"
  | "see_reports"
  | "edit_place"
  | "import_place"
  | "manage_users"
  | "own_account";

export type Role = "admin" | "operator" | "member" | "visitor";

export interface Me {
  username: string | null;
  role: Role;
  rights: Right[];
}

export interface User {
  username: string;
  role: Role;
  disabled: boolean;
  created_at?: string | null;
}

export interface Token {
  id: string;
  name: string;
  created_at: string;
  last_used_at?: string | null;
  token?: string;
}

export interface Problem {
  error: string;
  message: Text;
  field: string | null;
  hint: Text | null;
}

export interface CampusSummary {
  id: string;
  name: LanguageMap;
  revision: number;
  source: string;
  attribution: string;
  imported_at: string;
  counts: Readonly<Record<string, number>>;
}

export interface LevelInfo {
  id: string;
  ordinal: number;
  name: LanguageMap;
  short_name: LanguageMap;
}

export interface BuildingInfo {
  id: string;
  name: LanguageMap;
  alt_name: LanguageMap;
  category: string;
  height_m: number | null;
  storeys: number | null;
  levels: LevelInfo[];
}

export type Bounds = [number, number, number, number];

export interface CampusDetail extends CampusSummary {
  bounds: Bounds | null;
  center: [number, number] | null;
  buildings: BuildingInfo[];
  ordinals: number[];
}

export interface Spot {
  lon: number;
  lat: number;
  ordinal: number;
  level_id: string | null;
  building_id: string | null;
}

export interface PlaceProperties {
  id?: string;
  feature_type?: string;
  category?: string;
  name?: LanguageMap;
  alt_name?: LanguageMap;
  label?: string | null;
  ref?: string;
  level_id?: string | null;
  building_id?: string | null;
  height_m?: number | null;
  hours?: string | null;
  phone?: string | null;
  website?: string | null;
  capacity?: number | null;
  restriction?: string | null;
  accessibility?: string[];
  [key: string]: unknown;
}

export type PlaceFeature = GeoFeature<Geometry | null, PlaceProperties> & { feature_type?: string };
export type PlaceCollection = FeatureCollection<Geometry, PlaceProperties>;

export interface Alias {
  id?: string;
  language: string;
  text: string;
  kind: string;
}

export interface PlaceDetail {
  id: string;
  feature_type: string;
  geometry: Geometry | null;
  properties: PlaceProperties;
  spot: Spot | null;
  level_name: LanguageMap | null;
  building_name: LanguageMap | null;
  aliases: Alias[];
}

export interface Hit {
  feature_id: string;
  feature_type: string;
  name: LanguageMap;
  label: string;
  category: string | null;
  score: number;
  matched: string;
  spot: Spot | null;
  context: Text | null;
}

export interface Found {
  hits: Hit[];
  suggestions: string[];
}

export type Severity = "error" | "warning" | "info";

export interface Finding {
  rule: string;
  severity: Severity;
  feature_id: string | null;
  message: Text;
  remedy: Text;
  spot: Spot | null;
}

export interface Report {
  findings: Finding[];
  counts: Readonly<Record<string, number>>;
}

export interface Change {
  feature_id: string;
  before: PlaceFeature | null;
  after: PlaceFeature | null;
}

export interface Revision {
  number: number;
  at: string;
  who: string;
  why: string;
  changes: Change[];
}

export interface Closure {
  id: string;
  feature_ids: string[];
  geometry: Geometry | null;
  ordinal: number | null;
  starts_at: string | null;
  ends_at: string | null;
  reason: LanguageMap;
}

export interface ImportJob {
  id: string;
  state: "running" | "done" | "refused";
  stage: string;
  share: number;
  campus_id: string | null;
  counts: Readonly<Record<string, number>> | null;
  repairs: Finding[];
  error: Problem | null;
}

export interface Stop {
  feature_id: string | null;
  name: LanguageMap;
  lon: number;
  lat: number;
  level: number;
  level_id: string | null;
}

export interface Leg {
  level: number;
  to_level: number;
  level_id: string | null;
  level_name: LanguageMap;
  mode: string;
  distance_m: number;
  duration_s: number;
  geometry: Geometry;
}

export interface Step {
  text: Text;
  maneuver: string;
  level: number;
  level_id: string | null;
  level_name: LanguageMap;
  lon: number;
  lat: number;
  distance_m: number;
  duration_s: number;
  leg: number;
  feature_id: string | null;
}

export interface Route {
  distance_m: number;
  duration_s: number;
  profile: string;
  departs_at: string;
  arrives_at: string;
  stops: Stop[];
  legs: Leg[];
  steps: Step[];
  geometry: Geometry;
  warnings: Text[];
  revision: number;
}

export interface LiveRoute {
  routes: Route[];
  changed: boolean;
  why: Text | null;
}

export interface Nearby {
  feature_id: string;
  name: LanguageMap;
  distance_m: number;
  duration_s: number;
  route?: Route | null;
}

export interface Card {
  kind: string;
  [key: string]: unknown;
}

export interface Reply {
  text: Text;
  language: string;
  intent: string | null;
  cards: Card[];
  suggestions: Text[];
}

export interface About {
  version: string;
  python: string;
  licences: { name: string; version?: string | null; licence: string }[];
  attributions: { campus_id: string; attribution: string }[];
  data_dir?: string | null;
}
