/** The state of the twin as the map needs it: of each place its values, put together from snapshots and what changes. */
import type { TwinHistory, TwinQuantity, TwinState, TwinValue } from "@/client/twin";
import { FAULT, type LayerKey, layers, OFF, ON } from "./scales";

export type Values = Readonly<Partial<Record<TwinQuantity, TwinValue>>>;
export type Places = ReadonlyMap<string, Values>;
/** Of each place its number; null where points tell it but nothing holds. Places without such points are not in it. */
export type Numbers = ReadonlyMap<string, number | null>;

export function placesOf(state: TwinState): Places {
  return new Map(state.places.map((place) => [place.id, place.values as Values]));
}

/** Put what has changed over what was. */
export function merged(before: Places, delta: TwinState): Places {
  const after = new Map(before);
  for (const place of delta.places) after.set(place.id, { ...after.get(place.id), ...(place.values as Values) });
  return after;
}

/** What a layer shows of a place, from the numbers of its quantities. */
function shown(key: LayerKey, numbers: readonly (number | null | undefined)[]): number | null | undefined {
  if (key !== "devices") return numbers[0];
  const [on, fault] = numbers;
  if (fault) return FAULT;
  if (on === undefined || on === null) return fault === 0 ? OFF : on === undefined ? fault : on;
  return on > 0 ? ON : OFF;
}

export function numbersOf(places: Places, key: LayerKey): Numbers {
  const found = new Map<string, number | null>();
  for (const [id, values] of places) {
    const told = layers[key].quantities.map((quantity) => (values[quantity] ? (values[quantity].value ?? null) : undefined));
    const value = shown(key, told);
    if (value !== undefined) found.set(id, value);
  }
  return found;
}

/** The numbers of one frame of the histories of a layer's quantities. */
export function numbersAt(histories: readonly TwinHistory[], frame: number, key: LayerKey): Numbers {
  const found = new Map<string, number | null>();
  for (const id of new Set(histories.flatMap((history) => Object.keys(history.values)))) {
    const told = histories.map((history) => (id in history.values ? (history.values[id]![frame] ?? null) : undefined));
    const value = shown(key, told);
    if (value !== undefined) found.set(id, value);
  }
  return found;
}

/** How much more there is now than before; null where either is not known. */
export function difference(now: Numbers, before: Numbers): Numbers {
  return new Map(
    [...now].map(([id, value]) => {
      const was = before.get(id);
      return [id, value === null || was === null || was === undefined ? null : value - was];
    }),
  );
}

/** The layers of which any place tells something. */
export function toldLayers(places: Places): Set<TwinQuantity> {
  const told = new Set<TwinQuantity>();
  for (const values of places.values()) for (const quantity of Object.keys(values)) told.add(quantity as TwinQuantity);
  return told;
}
