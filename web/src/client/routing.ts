import { get, queryString } from "./http";
import type { Nearby, Route } from "./model";

export interface WayQuery {
  from: string;
  to: string;
  via: readonly string[];
  profile: string;
  /** ISO 8601 with offset; empty is now. */
  at: string;
  order: "given" | "best";
}

const parameters = (way: WayQuery): Record<string, string | readonly string[]> => ({
  from: way.from,
  to: way.to,
  via: way.via,
  profile: way.profile,
  at: way.at,
  order: way.order === "best" ? "best" : "",
});

const at = (campus: string, rest: string): string => `/v1/campuses/${encodeURIComponent(campus)}${rest}`;

export async function findRoutes(
  campus: string,
  way: WayQuery,
  alternatives: number,
  signal?: AbortSignal,
): Promise<Route[]> {
  const query = { ...parameters(way), alternatives };
  return (await get<{ routes: Route[] }>(at(campus, "/route"), query, signal)).routes;
}

export const liveRouteUrl = (campus: string, way: WayQuery): string =>
  at(campus, `/route/live${queryString(parameters(way))}`);

export async function findNearest(campus: string, from: string, kind: string, profile: string): Promise<Nearby[]> {
  return (await get<{ results: Nearby[] }>(at(campus, "/nearest"), { from, kind, count: 3, profile })).results;
}
