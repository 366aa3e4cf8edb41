/** The tables of a problem of spaces that somebody fills in: what their columns are, and how a document is changed. */
export type Cell = string | number | boolean | null | string[] | undefined;
export type TableRow = Record<string, Cell>;
export interface Period {
  name: string;
  starts: string | null;
  needs_m2?: Record<string, number>;
  headcounts?: Record<string, number>;
}
export interface SpaceDocument {
  rooms: TableRow[];
  entities: TableRow[];
  flows: TableRow[];
  periods: Period[];
  weights: Record<string, number>;
  [table: string]: unknown;
}
export interface Column {
  key: string;
  form: "text" | "number" | "day" | "yes" | "names";
  width: number;
}

export const COLUMNS: Record<"rooms" | "entities" | "flows", Column[]> = {
  rooms: [
    { key: "name", form: "text", width: 130 }, { key: "capacity_m2", form: "number", width: 96 }, { key: "building", form: "text", width: 110 }, { key: "floor", form: "text", width: 90 }, { key: "zone", form: "text", width: 90 },
    { key: "rent_per_m2", form: "number", width: 96 }, { key: "fit_out_per_m2", form: "number", width: 96 }, { key: "lease_end", form: "day", width: 140 }, { key: "noise", form: "number", width: 84 }, { key: "security", form: "number", width: 84 },
    { key: "energy_kwh_m2", form: "number", width: 104 }, { key: "accessible", form: "yes", width: 76 }, { key: "features", form: "names", width: 140 },
  ],
  entities: [
    { key: "name", form: "text", width: 150 }, { key: "headcount", form: "number", width: 88 }, { key: "need_m2", form: "number", width: 96 }, { key: "room", form: "text", width: 130 }, { key: "lease_end", form: "day", width: 140 }, { key: "move_cost", form: "number", width: 96 }, { key: "locked", form: "yes", width: 76 },
  ],
  flows: [{ key: "origin", form: "text", width: 190 }, { key: "destination", form: "text", width: 190 }, { key: "trips", form: "number", width: 110 }],
};
export const WEIGHTS = ["waste", "overuse", "walking", "moves", "rent", "fit_out", "fairness"] as const;
const USUAL: Record<string, number> = { waste: 1, overuse: 2, walking: 0.01, moves: 1, rent: 0, fit_out: 0, fairness: 0 };

/** A document with all its tables, those that were left out empty or usual. */
export function filled(document: Record<string, unknown>): SpaceDocument {
  const copy = JSON.parse(JSON.stringify(document)) as Partial<SpaceDocument>;
  return { ...copy, rooms: copy.rooms ?? [], entities: copy.entities ?? [], flows: copy.flows ?? [], periods: copy.periods ?? [], weights: { ...USUAL, ...copy.weights } };
}

/** A problem's tables, as they are read of any file, as its own document. */
export function documentOf(tables: Record<string, unknown>): Record<string, unknown> {
  const { walk_s: seconds, ...rest } = tables as { walk_s?: number[][]; rooms: TableRow[]; periods?: Period[] };
  const periods = rest.periods?.length === 1 && !rest.periods[0]!.name ? [] : rest.periods;
  return { ...rest, periods, ...(seconds?.length ? { walking: { rooms: rest.rooms.map((one) => one.name), seconds } } : {}) };
}

/** What is typed into a cell as the document has it; an empty cell is left out. */
export function typed(form: Column["form"], text: string): Cell {
  const plain = text.trim();
  if (!plain) return undefined;
  if (form === "number") return Number.isFinite(Number(plain)) ? Number(plain) : undefined;
  return form === "names" ? plain.split(/\s*[;；、,，]\s*/u).filter(Boolean) : plain;
}
export const told = (value: Cell): string => (value === null || value === undefined ? "" : Array.isArray(value) ? value.join("; ") : String(value));

const without = <V>(row: Record<string, V>, key: string): Record<string, V> => Object.fromEntries(Object.entries(row).filter(([name]) => name !== key));

/** The document with one cell changed. */
export function withCell(document: SpaceDocument, table: "rooms" | "entities" | "flows", row: number, key: string, value: Cell): SpaceDocument {
  const rows = document[table].map((one, i) => {
    if (i !== row) return one;
    return value === undefined ? without(one, key) : { ...one, [key]: value };
  });
  return { ...document, [table]: rows };
}

/** People of a team in a period, with the m² that they need at so many a person. */
export function withPeople(document: SpaceDocument, period: number, team: string, people: number | undefined, m2: number): SpaceDocument {
  const periods = document.periods.map((one, i) => {
    if (i !== period) return one;
    const [needs, heads] = [without(one.needs_m2 ?? {}, team), without(one.headcounts ?? {}, team)];
    return people === undefined ? { ...one, needs_m2: needs, headcounts: heads } : { ...one, needs_m2: { ...needs, [team]: Math.round(people * m2 * 10) / 10 }, headcounts: { ...heads, [team]: people } };
  });
  return { ...document, periods };
}

/** Two or more periods, the first today: growth is filled in from the second on. */
export function withPeriod(document: SpaceDocument, today: string, next: string): SpaceDocument {
  const first = document.periods.length ? document.periods : [{ name: today, starts: today }];
  return { ...document, periods: [...first, { name: next, starts: next }] };
}

/** What is sent back of a document: the tables, without what follows from the words. */
export function tablesOf(document: SpaceDocument): Record<string, unknown> & Pick<SpaceDocument, "rooms" | "entities" | "flows"> {
  const { rooms, entities, flows, periods, weights } = document;
  return { rooms: rooms.filter((one) => one.name), entities: entities.filter((one) => one.name), flows: flows.filter((one) => one.origin && one.destination), periods, weights };
}
