/** The floors to choose from: a building's own, or those of the whole campus. */
import type { BuildingInfo, LanguageMap } from "@/client/model";

export interface Floor {
  ordinal: number;
  short: LanguageMap;
  name: LanguageMap;
}

const plain = (ordinal: number): LanguageMap => {
  const text = Number.isInteger(ordinal) ? (ordinal < 0 ? `B${-ordinal}` : `${ordinal + 1}F`) : `${ordinal}`;
  return { zh: text, en: text };
};
const filled = (names: LanguageMap | null | undefined): LanguageMap | null =>
  names && Object.keys(names).length ? names : null;

/** Highest first. With several buildings a floor is called by its ordinal, since their names differ. */
export function floorsOf(buildings: readonly BuildingInfo[], ordinals: readonly number[], building: string | null): Floor[] {
  const own = buildings.find((b) => b.id === building);
  const floors = own?.levels.length
    ? own.levels.map((level) => ({
        ordinal: level.ordinal,
        short: filled(level.short_name) ?? plain(level.ordinal),
        name: filled(level.name) ?? filled(level.short_name) ?? plain(level.ordinal),
      }))
    : ordinals.map((ordinal) => ({ ordinal, short: plain(ordinal), name: plain(ordinal) }));
  const unique = [...new Map(floors.map((floor) => [floor.ordinal, floor])).values()];
  return unique.sort((a, b) => b.ordinal - a.ordinal);
}

const OUTSIDE = "outside";
/** A floor in an address; null is the outside. */
export const levelWord = (ordinal: number | null): string => (ordinal === null ? OUTSIDE : String(ordinal));
/** The floor that an address names; undefined where it names none. */
export function levelAt(word: unknown): number | null | undefined {
  if (word === OUTSIDE) return null;
  const ordinal = typeof word === "string" && word.trim() ? Number(word) : NaN;
  return Number.isFinite(ordinal) ? ordinal : undefined;
}
