import { get, patch, post, queryString } from "./http";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Room = Schemas["BookableRoom"];
export type ShownReservation = Schemas["ShownReservation"];
export type ReservationBody = Schemas["ReservationBody"];
export type SpaceUsage = Schemas["SpaceUsage"];

const base = (campus: string): string => `/v1/campuses/${encodeURIComponent(campus)}`;
const one = (campus: string, id: string): string => `${base(campus)}/reservations/${encodeURIComponent(id)}`;

export const listRooms = (campus: string): Promise<{ rooms: Room[] }> => get(`${base(campus)}/reservable-rooms`);
export const listReservations = (campus: string, from: string, to: string, mine = false): Promise<{ reservations: ShownReservation[] }> =>
  get(`${base(campus)}/reservations${queryString({ from, to, mine: mine ? "true" : undefined })}`);
/** Where reservations are downloaded as iCalendar: one's own, or a room's. */
export const calendarUrl = (campus: string, from: Date, days: number, language: string, of: { mine: true } | { space: string }): string =>
  `${base(campus)}/reservations.ics${queryString({ from: from.toISOString(), to: new Date(from.getTime() + days * 86_400_000).toISOString(), language, ...of })}`;
export const reserve = (campus: string, body: ReservationBody): Promise<ShownReservation> => post(`${base(campus)}/reservations`, body);
export const moveReservation = (campus: string, id: string, body: Partial<ReservationBody>): Promise<ShownReservation> => patch(one(campus, id), body);
export const cancelReservation = (campus: string, id: string): Promise<ShownReservation> => post(`${one(campus, id)}/cancel`, {});
export const spaceUsage = (campus: string, from: string, to: string): Promise<SpaceUsage> => get(`${base(campus)}/space-usage${queryString({ from, to })}`);
export type SizeCurve = Schemas["SizeCurve"];
export type RoomSize = Schemas["RoomSize"];
export type SizeThing = Schemas["SizeThing"];
export const sizeCurve = (campus: string, thing: SizeThing, asked: Record<string, string | undefined>): Promise<SizeCurve> => get(`${base(campus)}/size-curves/${thing}${queryString(asked)}`);
export interface UsageTables {
  bookings?: File;
  counts?: File;
  spaces?: File;
}
export function usageOfTables(campus: string, files: UsageTables): Promise<SpaceUsage> {
  const form = new FormData();
  for (const [name, file] of Object.entries(files) as [string, File][]) form.append(name, file);
  return post(`${base(campus)}/space-usage/tables`, form);
}
