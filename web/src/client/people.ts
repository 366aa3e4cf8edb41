import { get } from "./http";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type ExpectedPeople = Schemas["ExpectedPeople"];
export const forecastPeople = (campus: string, place: string | null, hours: number): Promise<ExpectedPeople> =>
  get(`/v1/campuses/${encodeURIComponent(campus)}/people/forecast`, { place, hours });
