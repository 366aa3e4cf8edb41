import { get, put, remove } from "./http";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type ToldCalendar = Schemas["ToldCalendar"];
export type CampusCalendar = Schemas["CampusCalendar"];
export type CalendarSpan = Schemas["CalendarSpan"];

const at = (campus: string): string => `/v1/campuses/${encodeURIComponent(campus)}/calendar`;
export const getCalendar = (campus: string): Promise<ToldCalendar> => get(at(campus));
export const putCalendar = (campus: string, calendar: CampusCalendar): Promise<ToldCalendar> => put(at(campus), calendar);
export const resetCalendar = (campus: string): Promise<void> => remove(at(campus));
