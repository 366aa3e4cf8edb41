/** Deep links: `/go?from=…&to=…&via=…&profile=…&at=…&order=best`, as printed, shared and in QR codes. */

export const profiles = ["walk", "wheelchair", "stroller", "bike", "staff", "evacuation"] as const;
export type Profile = (typeof profiles)[number];

export interface Ask {
  from: string;
  to: string;
  via: string[];
  profile: Profile;
  at: string;
  best: boolean;
}

type Value = string | null | undefined | (string | null)[];
const one = (value: Value): string => (Array.isArray(value) ? value[0] : value) ?? "";
const many = (value: Value): string[] =>
  (Array.isArray(value) ? value : [value]).filter((item): item is string => Boolean(item));

export function parseAsk(query: Readonly<Record<string, Value>>): Ask {
  const wanted = one(query.profile) as Profile;
  return {
    from: one(query.from),
    to: one(query.to),
    via: many(query.via),
    profile: profiles.includes(wanted) ? wanted : "walk",
    at: one(query.at),
    best: one(query.order) === "best",
  };
}

/** The query of a link; what is as usual is left out. */
export function linkQuery(ask: Ask): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  if (ask.from) query.from = ask.from;
  if (ask.to) query.to = ask.to;
  if (ask.via.length) query.via = ask.via;
  if (ask.profile !== "walk") query.profile = ask.profile;
  if (ask.at) query.at = ask.at;
  if (ask.best) query.order = "best";
  return query;
}

/** A clicked point as the API takes it: `lon,lat,level`. */
export const pointRef = (lon: number, lat: number, ordinal: number | null): string =>
  `${lon.toFixed(7)},${lat.toFixed(7)},${ordinal ?? 0}`;

/** True for what may be an id; a name in Chinese or of several words is none. */
export const isId = (value: string): boolean => /^[\x21-\x7e]+$/.test(value);

/** True for a point rather than a place's id or name. */
export const isPoint = (value: string): boolean => /^-?\d+(\.\d+)?,-?\d+(\.\d+)?(,-?\d+(\.\d+)?)?$/.test(value);
