/** The stack plan: buildings and floors as rows, rooms in them, teams in the rooms. */
import type { Row } from "@/client/plans";

export interface StackRoom {
  name: string;
  capacity_m2: number;
  building?: string;
  floor?: string;
}
export interface StackTeam {
  name: string;
  need_m2: number;
  headcount: number;
  group?: string;
  room?: string | null;
}
export interface StackPeriod {
  name: string;
  needs_m2: Record<string, number>;
  headcounts: Record<string, number>;
}
export interface Block {
  /** The name of the assignment, with the period where there are several. */
  item: string;
  team: string;
  group: string;
  people: number;
  need_m2: number;
  moved: boolean;
}
export interface Bay extends StackRoom {
  used_m2: number;
  /** Above 0 where more is used than there is. */
  over_m2: number;
  blocks: Block[];
}
export interface Storey {
  building: string;
  floor: string;
  capacity_m2: number;
  used_m2: number;
  people: number;
  bays: Bay[];
}

const teamOf = (item: string, period: string): string => (period && item.endsWith(`@${period}`) ? item.slice(0, -period.length - 1) : item);

/** Floors from the top down, buildings in the order in which they come. */
export function stackOf(rooms: readonly StackRoom[], teams: readonly StackTeam[], rows: readonly Row[], period: StackPeriod): Storey[] {
  const known = new Map(teams.map((team) => [team.name, team]));
  const bays = new Map(rooms.map((room) => [room.name, { ...room, used_m2: 0, over_m2: 0, blocks: [] as Block[] }]));
  for (const row of rows) {
    if (row.period !== undefined && row.period !== period.name) continue;
    const item = String(row.name);
    const name = row.period === undefined ? item : teamOf(item, period.name);
    const [team, bay] = [known.get(name), bays.get(String(row.room))];
    if (!team || !bay) continue;
    const need = period.needs_m2[name] ?? team.need_m2;
    bay.blocks.push({ item, team: name, group: team.group || name, people: period.headcounts[name] ?? team.headcount, need_m2: need, moved: !!team.room && team.room !== bay.name });
    bay.used_m2 += need;
    bay.over_m2 = Math.max(0, bay.used_m2 - bay.capacity_m2);
  }
  const storeys = new Map<string, Storey>();
  for (const bay of bays.values()) {
    const key = JSON.stringify([bay.building ?? "", bay.floor ?? ""]);
    const storey = storeys.get(key) ?? { building: bay.building ?? "", floor: bay.floor ?? "", capacity_m2: 0, used_m2: 0, people: 0, bays: [] };
    storey.bays.push(bay);
    storey.capacity_m2 += bay.capacity_m2;
    storey.used_m2 += bay.used_m2;
    storey.people += bay.blocks.reduce((sum, block) => sum + block.people, 0);
    storeys.set(key, storey);
  }
  const order = [...new Set(rooms.map((room) => room.building ?? ""))];
  return [...storeys.values()].sort((a, b) => order.indexOf(a.building) - order.indexOf(b.building) || byFloor(b.floor, a.floor));
}

/** `B1` under `1` under `10`: by the number in a floor's name, basements below. */
export function byFloor(one: string, other: string): number {
  const height = (floor: string): number => {
    const number = Number(/\d+/.exec(floor)?.[0] ?? 0);
    return /^(B|-|\u5730\u4e0b|\u8d1f)/i.test(floor.trim()) ? -number : number;
  };
  return height(one) - height(other) || one.localeCompare(other);
}

/** The columns of a row that follow from its new room. */
export const placedIn = (room: StackRoom): Row => ({ room: room.name, building: room.building ?? "", floor: room.floor ?? "" });

/** Rows with a team in another room; with `swap`, whoever was there goes where the team was. */
export function seated(rows: readonly Row[], rooms: readonly StackRoom[], item: string, room: string, swap: string | null = null): Row[] {
  const at = new Map(rooms.map((one) => [one.name, one]));
  const from = rows.find((row) => row.name === item)?.room;
  const [there, here] = [at.get(room), at.get(String(from))];
  return rows.map((row) => (row.name === item && there ? { ...row, ...placedIn(there) } : swap !== null && row.name === swap && here ? { ...row, ...placedIn(here) } : row));
}
