import { expect, it } from "vitest";
import { besideOf, climate, nothing, storage, vehicle } from "./beside";

it("is sent as the API has it: shares, nothing where nothing was chosen", () => {
  expect(besideOf(nothing())).toEqual({ solar_kwp: null, storages: [], vehicles: [], climates: [] });
  const form = { ...nothing(), solar: "peak" as const, kwp: 30, storages: [{ ...storage("ice"), kind: "ice" as const, place: "r", content: 20 }], vehicles: [vehicle("b", { ...vehicle("a"), energy: 33, device: "d" })], climates: [climate()] };
  const sent = besideOf(form);
  expect(sent.solar_kwp).toBe(30);
  expect(sent.storages![0]).toMatchObject({ place: "r", content: 0.2 });
  expect(besideOf({ ...form, storages: [{ ...storage("b"), place: "r" }] }).storages![0]!.place).toBeNull();
  expect(sent.vehicles![0]).toMatchObject({ name: "b", energy_kwh: 33, device: null });
  expect(sent.climates![0]).toMatchObject({ place: null, low_c: null, discomfort_price: 5 });
});
