/** What a plan of devices reckons with besides switches, as it is filled in; shares in percent. */
import type { DeviceWishBody } from "@/client/planRuns";

export interface StorageRow {
  name: string;
  kind: "battery" | "ice" | "hot_water";
  place: string;
  capacity: number;
  charge: number;
  discharge: number;
  efficiency: number;
  content: number;
  target: number;
}
export interface VehicleRow {
  name: string;
  arrival: string;
  departure: string;
  energy: number;
  power: number;
  device: string;
}
export interface ClimateRow {
  place: string;
  low: number | null;
  high: number | null;
  resistance: number | null;
  capacity: number | null;
  price: number | null;
}
export interface Beside {
  solar: "map" | "none" | "peak";
  kwp: number;
  storages: StorageRow[];
  vehicles: VehicleRow[];
  climates: ClimateRow[];
}
/** What comes back of a kWh taken, where nothing else is known. */
export const USUAL = { battery: 0.9, ice: 3, hot_water: 1 } as const;

export const nothing = (): Beside => ({ solar: "map", kwp: 100, storages: [], vehicles: [], climates: [] });
export const storage = (name: string): StorageRow => ({ name, kind: "battery", place: "", capacity: 100, charge: 50, discharge: 50, efficiency: USUAL.battery, content: 50, target: 50 });
/** Another car is like the last one. */
export const vehicle = (name: string, last?: VehicleRow): VehicleRow => ({ arrival: "09:00", departure: "18:00", energy: 20, power: 7, ...last, name, device: "" });
export const climate = (): ClimateRow => ({ place: "", low: null, high: null, resistance: null, capacity: null, price: 5 });

export function besideOf(form: Beside): Pick<DeviceWishBody, "solar_kwp" | "storages" | "vehicles" | "climates"> {
  return {
    solar_kwp: form.solar === "map" ? null : form.solar === "none" ? 0 : form.kwp,
    storages: form.storages.map((one) => ({ name: one.name.trim(), kind: one.kind, place: one.kind === "battery" ? null : one.place || null, capacity_kwh: one.capacity, charge_kw: one.charge, discharge_kw: one.discharge, efficiency: one.efficiency, content: one.content / 100, target: one.target / 100, loss: 0 })),
    vehicles: form.vehicles.map((one) => ({ name: one.name.trim(), arrival: one.arrival, departure: one.departure, energy_kwh: one.energy, power_kw: one.power, device: one.device || null })),
    climates: form.climates.map((one) => ({ place: one.place || null, low_c: one.low, high_c: one.high, resistance_c_per_kw: one.resistance, capacity_kwh_per_c: one.capacity, discomfort_price: one.price })),
  };
}
