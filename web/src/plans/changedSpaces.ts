/** A problem of spaces after somebody changed its rooms and teams: walks, rules and wishes follow. */
import { told, type SpaceDocument, tablesOf, type TableRow } from "./spaceTables";

interface Walking {
  rooms: string[];
  seconds: number[][];
}
interface Landmark {
  name: string;
  seconds: number[];
}
type Rule = Record<"entities" | "rooms" | "floors" | "zones" | "buildings", string[] | undefined> & { kind: string };

const PLACES = ["rooms", "floors", "zones", "buildings"] as const;
const TWO_SIDED = ["same_room", "not_same_room", "adjacent", "not_adjacent", "near", "away", "same_zone", "other_zone"];

/** The document with the name of each row as it was, so that what was renamed is known from what is new. */
export function marked(document: SpaceDocument): SpaceDocument {
  const mark = (rows: TableRow[]): TableRow[] => rows.map((row) => ({ ...row, was: row.name }));
  return { ...document, before: document.rooms.map((one) => told(one.name)), rooms: mark(document.rooms), entities: mark(document.entities) };
}

const mean = (values: readonly number[]): number => (values.length ? Math.round((10 * values.reduce((sum, one) => sum + one, 0)) / values.length) / 10 : 0);

/** Where walks to and from each room are read: at its own place, or for a new one at those of its floor, else of its building, else at all. */
function sourcesOf(rooms: readonly TableRow[], place: ReadonlyMap<string, number>): number[][] {
  const old = rooms.filter((room) => place.has(told(room.was)));
  const at = (list: readonly TableRow[]): number[] => list.map((room) => place.get(told(room.was))!);
  return rooms.map((room) => {
    const own = place.get(told(room.was));
    if (own !== undefined) return [own];
    const near = old.filter((one) => told(one.building) === told(room.building));
    const floor = near.filter((one) => told(one.floor) === told(room.floor));
    return at([floor, near, old].find((list) => list.length) ?? []);
  });
}

/** Walks between rooms as they are now; a new room is as far as the rooms around it are on average. */
function walkingOf(rooms: readonly TableRow[], walking: Walking): Walking {
  const from = sourcesOf(rooms, new Map(walking.rooms.map((name, i) => [name, i])));
  const seconds = from.map((ways, a) => from.map((others, b) => (a === b ? 0 : mean(ways.flatMap((i) => others.filter((j) => i !== j).map((j) => walking.seconds[i]![j]!))))));
  return { rooms: rooms.map((room) => told(room.name)), seconds };
}

/** A rule in the names of today; null where nobody or no place is left that it is about. */
function ruleOf(rule: Rule, known: Record<"entities" | (typeof PLACES)[number], (name: string) => string | undefined>, size: (name: string) => number): Rule | null {
  const now = (key: keyof typeof known): string[] => (rule[key] ?? []).flatMap((name) => known[key](name) ?? []);
  const [entities, places] = [now("entities"), Object.fromEntries(PLACES.map((key) => [key, now(key)]))];
  const placed = PLACES.some((key) => rule[key]?.length);
  if (placed && !PLACES.some((key) => places[key]!.length)) return null;
  if (rule.entities?.length && !entities.length) return null;
  if (TWO_SIDED.includes(rule.kind) && (entities.length < 2 || (entities[0] === entities[1] && size(entities[0]!) < 2))) return null;
  return { ...rule, entities, ...places };
}

const without = <V>(row: Record<string, V>, key: string): Record<string, V> => Object.fromEntries(Object.entries(row).filter(([name]) => name !== key));

/** What is sent of a marked document, whole, and how many rules are gone with those that they were about. */
export function changedSpaces(document: SpaceDocument): { document: Record<string, unknown>; gone: number } {
  const { rooms, entities, flows, periods, weights } = tablesOf(document);
  const renamed = (rows: readonly TableRow[]): ((name: string) => string | undefined) => {
    const names = new Map(rows.flatMap((row) => [[told(row.name), told(row.name)], ...(row.was ? [[told(row.was), told(row.name)]] : [])] as [string, string][]));
    return (name) => names.get(name);
  };
  const among = (values: readonly string[]) => (name: string): string | undefined => (values.includes(name) ? name : undefined);
  const [room, team] = [renamed(rooms), renamed(entities)];
  const groups = entities.map((one) => told(one.group)).filter(Boolean);
  const anybody = (name: string): string | undefined => team(name) ?? among(groups)(name);
  const known = { entities: anybody, rooms: room, floors: among(rooms.map((one) => told(one.floor))), zones: among(rooms.map((one) => told(one.zone))), buildings: among(rooms.map((one) => told(one.building))) };
  const members = (name: string): number => (entities.some((one) => one.name === name) ? 1 : groups.filter((one) => one === name).length);
  const rules = ((document.rules ?? []) as Rule[]).map((rule) => ruleOf(rule, known, members));
  const keyed = (values: Record<string, number> = {}): Record<string, number> => Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (team(name) ? [[team(name)!, value]] : [])));
  const landmarks = (document.landmarks ?? []) as Landmark[];
  const before = (document.before as string[] | undefined) ?? [];
  const from = sourcesOf(rooms, new Map(before.map((name, i) => [name, i])));
  return {
    gone: rules.filter((rule) => rule === null).length,
    document: {
      ...without(document, "before"), weights,
      rooms: rooms.map((one) => without({ ...one, adjacent: ((one.adjacent ?? []) as string[]).flatMap((name) => room(name) ?? []) }, "was")),
      entities: entities.map((one) => {
        const home = one.room ? (room(told(one.room)) ?? null) : null;
        return without({ ...one, room: home, locked: home ? one.locked : false }, "was");
      }),
      flows: flows.flatMap((one) => {
        const [origin, destination] = [anybody(told(one.origin)), anybody(told(one.destination))];
        return origin && destination ? [{ ...one, origin, destination }] : [];
      }),
      periods: (periods as SpaceDocument["periods"]).map((one) => ({ ...one, needs_m2: keyed(one.needs_m2), headcounts: keyed(one.headcounts) })),
      rules: rules.filter((rule) => rule !== null),
      landmarks: landmarks.map((one) => ({ ...one, seconds: from.map((ways) => mean(ways.map((i) => one.seconds[i]!))) })),
      ...(document.walking ? { walking: walkingOf(rooms, document.walking as Walking) } : {}),
    },
  };
}
