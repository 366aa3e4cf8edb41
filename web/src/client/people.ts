import { get } from "./http";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type ExpectedPeople = Schemas["ExpectedPeople"];
export type PeopleFlow = Schemas["PeopleFlow"];
export const forecastPeople = (campus: string, place: string | null, hours: number): Promise<ExpectedPeople> =>
  get(`/v1/campuses/${encodeURIComponent(campus)}/people/forecast`, { place, hours });
export const getPeopleFlow = (campus: string, place: string | null, day: string): Promise<PeopleFlow> =>
  get(`/v1/campuses/${encodeURIComponent(campus)}/people/flow`, { place, day });
