import { get, put, remove } from "./http";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type EnergySummary = Schemas["EnergySummary"];
export type MediumTotal = Schemas["MediumTotal"];
export type EnergyCurve = Schemas["EnergyCurve"];
export type EnergyExpected = Schemas["EnergyExpected"];
export type EnergyForecast = Schemas["EnergyForecast"];
export type EnergyRanking = Schemas["EnergyRanking"];
export type RankedPlace = Schemas["RankedPlace"];
export type EnergyCalendar = Schemas["EnergyCalendar"];
export type EnergyFlows = Schemas["EnergyFlows"];
export type EnergyCost = Schemas["EnergyCost"];
export type MediumCost = Schemas["MediumCost"];
export type EnergyPlace = Schemas["EnergyPlace"];
export type Medium = Schemas["Medium"];
export type Period = Schemas["Period"];
export type Band = Schemas["Band"];
export type TariffDocument = Schemas["TariffDocument"];

/** What is asked: of which place (the site without), of what, from when to when. */
export interface Question {
  campus: string;
  place?: string;
  medium: Medium;
  from: Date;
  to: Date;
}

function ask<T>(part: string, { campus, place, medium, from, to }: Question, more = {}): Promise<T> {
  const query = { place, medium, from: from.toISOString(), to: to.toISOString(), ...more };
  return get(`/v1/campuses/${encodeURIComponent(campus)}/energy/${part}`, query);
}
export const getSummary = (q: Question): Promise<EnergySummary> => ask("summary", q);
export const getCurve = (q: Question, every: Period): Promise<EnergyCurve> => ask("curve", q, { every });
/** What the last night expects of a place and its parts, whatever time is shown. */
export const getForecast = (q: Question): Promise<EnergyForecast> => ask("forecast", q);
export const getExpected = (q: Question): Promise<EnergyExpected> => ask("expected", q);
export const getRanking = (q: Question, perM2: boolean): Promise<EnergyRanking> => ask("ranking", q, { per_m2: perM2 });
export const getCalendar = (q: Question): Promise<EnergyCalendar> => ask("calendar", q);
export const getFlows = (q: Question): Promise<EnergyFlows> => ask("sankey", q);
export const getCost = (q: Question): Promise<EnergyCost> => ask("cost", q);

const tariffOf = (campus: string): string => `/v1/campuses/${encodeURIComponent(campus)}/energy/tariff`;
export const getTariffs = (campus: string): Promise<TariffDocument> => get(tariffOf(campus));
export const putTariffs = (campus: string, document: object): Promise<TariffDocument> => put(tariffOf(campus), document);
export const resetTariffs = (campus: string): Promise<void> => remove(tariffOf(campus));
