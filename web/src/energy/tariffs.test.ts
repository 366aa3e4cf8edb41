import { expect, test } from "vitest";
import { bandsOf, draftOf, emptySchedule, rowOf, withRow, type TariffRow } from "./tariffs";

const row: TariffRow = {
  valid_from: "2026-01-01",
  name: { zh: "合同价", en: "Contract" },
  source: "Contract 7",
  prices: { peak: 1.08, flat: 0.68, valley: "0.34" },
  demand: 40.8,
  schedule: [{ months: [7, 8], hours: { peak: ["08:00-11:00", "18:00-21:00"], valley: "22:00-06:00" } }],
};

test("a tariff survives being edited without a change", () => {
  expect(rowOf(draftOf(row))).toEqual({ ...row, prices: { peak: "1.08", flat: "0.68", valley: "0.34" }, demand: "40.8", schedule: [{ months: [7, 8], hours: { peak: ["08:00-11:00", "18:00-21:00"], valley: ["22:00-06:00"] } }] });
  expect(rowOf({ ...draftOf({ valid_from: "2026-01-01", price: 5.8 }) })).toEqual({ valid_from: "2026-01-01", name: { zh: "", en: "" }, source: "", price: "5.8" });
});
test("a band without a price is left out, and what is wrong is left to the server", () =>
  expect(rowOf({ ...draftOf(row), prices: { sharp: " ", peak: "dear", flat: "", valley: "", deep: "" } }).prices).toEqual({ peak: "dear" }));
test("a row takes the place of another; a medium without rows goes", () => {
  const paper = { tariffs: { water: [row], gas: [row] } };
  expect(withRow(paper, "water", 1, { valid_from: "2027-01-01", price: 1 }).tariffs?.water).toHaveLength(2);
  expect(withRow(paper, "water", 0, null)).toEqual({ tariffs: { gas: [row] } });
  expect(paper.tariffs.water).toHaveLength(1);
});
test("a day's bands go round midnight and end at 24:00", () => {
  const bands = bandsOf({ ...emptySchedule().hours, valley: "22:00-06:00", peak: "08:15-11:00，18:00", sharp: "20:00-22:00" });
  expect([bands[0], bands[23], bands[24], bands[33], bands[44], bands[80], bands[95]]).toEqual(["valley", "valley", "flat", "peak", "flat", "sharp", "valley"]);
  expect(bandsOf({ ...emptySchedule().hours, peak: "23:00-24:00" }).slice(91)).toEqual(["flat", "peak", "peak", "peak", "peak"]);
});
