/** What the map can be coloured by: fixed scales, so that the same colour means the same on any day, in palettes that colour-blind eyes can tell apart. */
import type { TwinQuantity } from "@/client/twin";

export const layerKeys = ["temperature", "humidity", "co2", "comfort", "people", "power", "devices", "pm25", "noise", "illuminance"] as const;
export type LayerKey = (typeof layerKeys)[number];
export type Stop = readonly [value: number, colour: string];

export interface TwinLayerSpec {
  /** What is asked of the server; the first is what is shown in numbers. */
  quantities: readonly TwinQuantity[];
  unit: string;
  digits: number;
  stops: readonly Stop[];
  /** How far apart two times are at the ends of the scale of differences. */
  spread: number;
}

export const BLUES = ["#f1f6fb", "#c6dbef", "#6baed6", "#2171b5", "#08306b"] as const;
export const HEAT = ["#ffffcc", "#fed976", "#fd8d3c", "#e31a1c", "#800026"] as const;
const AIR = ["#ffffd9", "#c7e9b4", "#41b6c4", "#225ea8", "#081d58"] as const;
const COLD_WARM = ["#2c7bb6", "#abd9e9", "#ffffbf", "#fdae61", "#d7191c"] as const;
const DRY_DAMP = ["#a6611a", "#dfc27d", "#f5f5f5", "#80cdc1", "#018571"] as const;
const stops = (values: readonly number[], colours: readonly string[]): Stop[] => values.map((value, i) => [value, colours[i]!] as const);

export const OFF = 0;
export const ON = 1;
export const FAULT = 2;

export const layers: Readonly<Record<LayerKey, TwinLayerSpec>> = {
  temperature: { quantities: ["temperature"], unit: "°C", digits: 1, stops: stops([16, 20, 24, 27, 31], COLD_WARM), spread: 6 },
  humidity: { quantities: ["humidity"], unit: "%", digits: 0, stops: stops([20, 35, 50, 65, 80], DRY_DAMP), spread: 30 },
  co2: { quantities: ["co2"], unit: "ppm", digits: 0, stops: stops([400, 700, 1000, 1400, 2000], AIR), spread: 600 },
  comfort: { quantities: ["comfort"], unit: "", digits: 1, stops: stops([-2, -1, 0, 1, 2], COLD_WARM), spread: 1.5 },
  people: { quantities: ["density", "people"], unit: "", digits: 2, stops: stops([0, 0.05, 0.1, 0.25, 0.5], BLUES), spread: 0.2 },
  power: { quantities: ["power_density"], unit: "W/m²", digits: 1, stops: stops([0, 10, 25, 45, 80], HEAT), spread: 20 },
  devices: { quantities: ["devices_on", "devices_fault"], unit: "", digits: 0, stops: [[OFF, "#9db4c0"], [ON, "#009e73"], [FAULT, "#d55e00"]], spread: 2 },
  pm25: { quantities: ["pm25"], unit: "µg/m³", digits: 0, stops: stops([0, 35, 75, 115, 150], HEAT), spread: 50 },
  noise: { quantities: ["noise"], unit: "dB", digits: 0, stops: stops([30, 45, 55, 65, 80], HEAT), spread: 20 },
  illuminance: { quantities: ["illuminance"], unit: "lx", digits: 0, stops: stops([0, 200, 400, 700, 1000], ["#30343b", "#6c5f2c", "#a98f2a", "#e0c23c", "#fff7bc"]), spread: 400 },
};

/** The scale of differences: less is blue, more is orange. */
export function differenceStops(key: LayerKey): Stop[] {
  const most = layers[key].spread;
  return stops([-most, -most / 2, 0, most / 2, most], ["#2166ac", "#92c5de", "#f7f7f7", "#f4a582", "#b2182b"]);
}

const channels = (colour: string): number[] => [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16));
const hex = (values: number[]): string => `#${values.map((v) => Math.round(v).toString(16).padStart(2, "0")).join("")}`;

/** The colour of a value, between those of the stops beside it; beyond the ends that of the end. */
export function colourOf(scale: readonly Stop[], value: number): string {
  const above = scale.findIndex(([stop]) => value <= stop);
  if (above === 0) return scale[0]![1];
  if (above < 0) return scale.at(-1)![1];
  const [[low, from], [high, to]] = [scale[above - 1]!, scale[above]!];
  const share = (value - low) / (high - low);
  const [a, b] = [channels(from), channels(to)];
  return hex(a.map((v, i) => v + (b[i]! - v) * share));
}

/** A value as it is written: with its digits, and a sign for differences. */
export function written(value: number, digits: number, signed = false): string {
  const text = (Math.abs(value) < 10 ** -digits / 2 ? 0 : value).toFixed(digits);
  return signed && !text.startsWith("-") && Number(text) !== 0 ? `+${text}` : text.replace("-", "−");
}
