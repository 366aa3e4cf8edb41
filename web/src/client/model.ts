/** The words of the API: its generated schema, with GeoJSON typed as such. */
import type { Feature as GeoFeature, FeatureCollection, Geometry } from "geojson";
import type { components } from "./schema";

type Schemas = components["schemas"];
type Shaped<T, G = Geometry> = Omit<T, "geometry"> & { geometry: G };

export type LanguageMap = Readonly<Record<string, string>>;
export type Bounds = [number, number, number, number];
export type Text = Schemas["Text"];
export type Right = Schemas["Right"];
export type Role = Schemas["Role"];
export type Me = Pick<Schemas["Me"], "username" | "role" | "rights">;
export type User = Schemas["Account"];
export type Token = Schemas["TokenInfo"];
export type ShownToken = Schemas["ShownToken"];
export type About = Schemas["About"];
export type Spot = Schemas["Spot"];
export type Hit = Schemas["Hit"];
export type Found = Schemas["Found"];
export type Severity = Schemas["Severity"];
export type Finding = Schemas["Finding"];
export type Report = Schemas["CheckReport"];
export type Alias = Schemas["Alias"];
export type FeatureRow = Schemas["FeatureRow"];
export type FeaturePage = Schemas["FeaturePage"];
export type CampusSummary = Schemas["CampusSummary"];
export type LevelInfo = Schemas["Storey"];
export type BuildingInfo = Schemas["BuildingDetail"];
export type Closure = Shaped<Schemas["ShownClosure"], Geometry | null>;
export type ImportJob = Schemas["ImportJob"];
export type Stop = Schemas["Stop"];
export type Step = Schemas["Step"];
export type Leg = Shaped<Schemas["Leg"]>;
export type Route = Omit<Shaped<Schemas["Route"]>, "legs"> & { legs: Leg[] };
export type SpeechState = Schemas["SpeechState"];
export type Transcript = Schemas["Transcript"];
export type Nearby = Schemas["Nearby"];
export type Understanding = Schemas["Understanding"];
export type Explanation = Schemas["Explanation"];
export type Reason = Schemas["Why-Output"];
export type Term = Schemas["Term"];
export type Terms = Schemas["Terms"];
export type Mark = Schemas["Span"];
export type Meaning = Schemas["Meaning"];
export type Feedback = Schemas["Feedback"];
export type FeedbackBody = Schemas["FeedbackBody"];
export type FeedbackPage = Schemas["FeedbackPage"];
export type FeedbackState = Schemas["FeedbackState"];
export type Verdict = Schemas["Verdict"];
export type Stage = Schemas["Stage"];
export type ModelList = Schemas["ModelList"];
export type ListedModel = Schemas["ListedModel"];
export type ShownModel = Schemas["ShownModel"];
export type ListedScore = Schemas["ListedScore"];
export type GateReport = Schemas["GateReport"];
export type GateCheck = Schemas["GateCheck"];
export type LiveVersion = Schemas["LiveVersion"];

/** An error as the API writes it; the parts that are none may be left out. */
export interface Problem {
  error: string;
  message: Text;
  field: string | null;
  hint: Text | null;
}

/** A campus as the console opens it: the summary and the detail in one. */
export type CampusDetail = CampusSummary & Omit<Schemas["CampusDetail"], "summary">;

export interface PlaceProperties {
  feature_type?: string;
  category?: string;
  name?: LanguageMap;
  label?: LanguageMap;
  alt_name?: LanguageMap;
  ref?: string;
  level_id?: string | null;
  building_id?: string | null;
  height_m?: number | null;
  storeys?: number | null;
  mode?: number;
  hours?: string | null;
  phone?: string | null;
  website?: string | null;
  capacity?: number | null;
  restriction?: string | null;
  accessibility?: string[];
  [key: string]: unknown;
}

export type PlaceCollection = FeatureCollection<Geometry, PlaceProperties>;
export type PlaceFeature = GeoFeature<Geometry | null, PlaceProperties> & { feature_type?: string };

/** One feature with where it is and what else it is called. */
export interface PlaceDetail {
  id: string;
  feature_type: string;
  geometry: Geometry | null;
  properties: PlaceProperties;
  label: LanguageMap;
  spot: Spot | null;
  level_name: LanguageMap | null;
  building_name: LanguageMap | null;
  aliases: Alias[];
}

export interface Change {
  feature_id: string;
  before: PlaceFeature | null;
  after: PlaceFeature | null;
}

export type Revision = Omit<Schemas["ShownRevision"], "changes"> & { changes: Change[] };

/** The way as it is now; without routes `problem` says why there is none. */
export interface LiveRoute {
  routes: Route[];
  changed: boolean;
  why: Text | null;
  problem?: Problem | null;
}

export type Chart = Schemas["Chart"];
export type MapPlace = Schemas["MapPlace"];
export type PlaceMap = Omit<Schemas["PlaceMap"], "places"> & { places: MapPlace[] };
export type Card = Omit<Schemas["Card"], "routes"> & { routes: Route[] };
export type Reply = Omit<Schemas["Reply"], "cards"> & { cards: Card[] };
