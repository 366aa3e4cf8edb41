/** How the values of a place are put on its card. */
import type { TwinPlace, TwinPoint, TwinQuantity, TwinValue } from "@/client/twin";

const ORDER: readonly TwinQuantity[] = [
  "temperature", "humidity", "co2", "people", "comfort", "power", "energy_today", "pm25", "noise", "illuminance", "parking_free",
  "devices_on", "devices_fault", "devices_off", "dissatisfied", "density", "power_density", "energy_per_m2", "energy_per_person",
];
const DIGITS: Readonly<Partial<Record<TwinQuantity, number>>> = {
  temperature: 1, humidity: 0, co2: 0, people: 0, comfort: 1, power: 1, energy_today: 0, pm25: 0, noise: 0, illuminance: 0, parking_free: 0,
  devices_on: 0, devices_off: 0, devices_fault: 0, dissatisfied: 0, density: 3, power_density: 1, energy_per_m2: 2, energy_per_person: 2,
};
/** What the points behind a quantity measure, where points measure it themselves. */
const MEASURED: Readonly<Partial<Record<TwinQuantity, string>>> = {
  temperature: "air_temperature", humidity: "humidity", co2: "co2", illuminance: "illuminance", noise: "sound_level", pm25: "pm", power: "power",
};

/** The values in the order of how much they matter. */
export function rowsOf(values: Readonly<Record<string, TwinValue>>): [TwinQuantity, TwinValue][] {
  return ORDER.filter((name) => values[name]).map((name) => [name, values[name]!]);
}

/** More digits for small numbers of what has none else. */
export const digitsOf = (name: string, value: number): number => {
  const usual = DIGITS[name as TwinQuantity] ?? 1;
  return usual === 0 && Math.abs(value) < 10 && name === "energy_today" ? 1 : usual;
};

/** How old something is, as a number and its unit. */
export function ageOf(at: string, now: number): [number, "seconds" | "minutes" | "hours" | "days"] {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  if (seconds < 60) return [seconds, "seconds"];
  if (seconds < 3600) return [Math.round(seconds / 60), "minutes"];
  if (seconds < 172_800) return [Math.round(seconds / 3600), "hours"];
  return [Math.round(seconds / 86_400), "days"];
}

/** The one point of a place that measures a quantity; several, or a computed one, have none. */
export function pointFor(place: TwinPlace, quantity: TwinQuantity): TwinPoint | null {
  const measured = MEASURED[quantity];
  const found = [...place.points, ...place.devices.flatMap((device) => device.points)].filter((point) => point.quantity === measured);
  return measured && place.state.kind === "space" && found.length === 1 ? found[0]! : null;
}
