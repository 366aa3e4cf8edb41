/** What is asked of rounds: stops and staff as the form has them, and as a draft is asked for. */
import type { RoundWish } from "@/client/plans";

export interface RoundStop {
  id: string;
  name: string;
  where: string;
  minutes: number;
  earliest: string;
  latest: string;
  skills: string;
  /** Minutes of walking it is worth; null where it can't be left out. */
  worth: number | null;
  load: number;
  collect: number;
  /** Where the load is fetched; empty brings it from the start. */
  source: string;
}
export interface RoundPerson {
  name: string;
  start: string;
  end: string;
  earliest: string;
  latest: string;
  /** Minutes of the break, and when it may begin. */
  rest: number;
  restFrom: string;
  restTo: string;
  skills: string;
  capacity: number | null;
  reloads: number;
}
export const newStop = (id: string, name: string, where: string): RoundStop => ({ id, name, where, minutes: 5, earliest: "", latest: "", skills: "", worth: null, load: 0, collect: 0, source: "" });
export const newPerson = (name: string): RoundPerson => ({ name, start: "", end: "", earliest: "08:00", latest: "18:00", rest: 0, restFrom: "", restTo: "", skills: "", capacity: null, reloads: 0 });

/** Words between commas, of either script. */
export const skillsOf = (text: string): string[] => text.split(/[,，、;；]/).map((one) => one.trim()).filter(Boolean);

export function visitsOf(stops: readonly RoundStop[]): RoundWish["visits"] {
  return stops.map((one) => ({
    place: one.id, service_min: one.minutes, skills: skillsOf(one.skills), worth_min: one.worth, load: one.load, collect: one.collect, source: one.source || null,
    windows: one.earliest || one.latest ? [{ earliest: one.earliest || "00:00", latest: one.latest || "23:59" }] : [],
  }));
}
export function staffOf(people: readonly RoundPerson[]): RoundWish["staff"] {
  return people.map((one) => ({
    name: one.name.trim(), start: one.start, end: one.end || null, earliest: one.earliest, latest: one.latest, skills: skillsOf(one.skills), capacity: one.capacity, reloads: one.capacity === null ? 0 : one.reloads, reload_min: 0, max_work_min: null,
    breaks: one.rest ? [{ earliest: one.restFrom || one.earliest, latest: one.restTo || one.latest, minutes: one.rest, places: [] }] : [],
  }));
}
