/** Narrow places of a plan of flows: as the form has them, and as a draft is asked for. */
import type { FlowWish } from "@/client/plans";

export const USES = ["stay", "arrive", "leave"] as const;
export const MEANS = ["capacity", "lanes", "shuttle"] as const;
type Use = (typeof USES)[number];
export const SPANS: Record<Use, [string, string]> = { stay: ["11:00", "13:00"], arrive: ["07:30", "09:30"], leave: ["17:00", "19:00"] };

export interface FlowSpot {
  place: string;
  name: string;
  use: Use;
  begins: string;
  ends: string;
  stay: number;
  lag: number;
  by: (typeof MEANS)[number];
  capacity: number | null;
  lanes: number;
  lanePeople: number;
  cost: number;
  vehicles: number;
  seats: number;
  trip: number;
}
export const newSpot = (use: Use = "stay"): FlowSpot => ({ place: "", name: "", use, begins: SPANS[use][0], ends: SPANS[use][1], stay: 30, lag: 0, by: "capacity", capacity: null, lanes: 4, lanePeople: 60, cost: 5, vehicles: 2, seats: 40, trip: 30 });

/** A place as it is asked for: only what belongs to how people get through it. */
export function spotOf(one: FlowSpot): FlowWish["also"][number] {
  const [lanes, shuttle] = [one.by === "lanes", one.by === "shuttle"];
  return {
    place: one.place || null, use: one.use, begins: one.begins, ends: one.ends, stay_min: one.stay, lag_min: one.lag, times: {},
    capacity: one.by === "capacity" ? one.capacity : null,
    lanes: lanes ? one.lanes : 0, lane_people: lanes ? one.lanePeople : 0, lane_cost: lanes ? one.cost : 0,
    vehicles: shuttle ? one.vehicles : 0, seats: shuttle ? one.seats : 0, round_trip_min: one.trip, departure_cost: shuttle ? one.cost : 0,
  };
}
