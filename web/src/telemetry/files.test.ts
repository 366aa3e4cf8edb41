import { expect, test } from "vitest";
import type { FileReport, ReadingFile } from "@/client/readingFiles";
import { bodyOf, canImport, mappingOf, unnamed, wrongOf, zones } from "./files";

const file = {
  columns: [
    { header: "ts", role: "time", point: null, unit: null, samples: ["2026-05-01"] },
    { header: "m1 (W)", role: "reading", point: "m1", unit: "W", samples: ["1"] },
    { header: "other", role: "reading", point: null, unit: null, samples: ["2"] },
  ],
  zone: "Asia/Shanghai",
  time_format: null,
} as unknown as ReadingFile;
const report = { readings: 3, faulty: 1, unknown_readings: 2 } as FileReport;

test("a mapping is what was proposed, corrected, without samples", () => {
  const mapping = mappingOf(file);
  expect(unnamed(mapping.columns)).toBe(1);
  mapping.columns[2]!.role = "unused";
  expect(file.columns[2]!.role).toBe("reading");
  expect(bodyOf(mapping)).toEqual({
    columns: [{ header: "ts", role: "time" }, { header: "m1 (W)", role: "reading", point: "m1", unit: "W" }, { header: "other", role: "unused" }],
    zone: "Asia/Shanghai",
    time_format: null,
  });
});

test("a file with wrong rows is imported only where they are left out, and something is left", () => {
  expect(wrongOf(report)).toBe(3);
  expect([canImport(report, false), canImport(report, true), canImport({ ...report, readings: 0 }, true), canImport(null, true)]).toEqual([false, true, false, false]);
});

test("the campus's own zone comes first, and none twice", () => {
  const found = zones("Asia/Shanghai");
  expect(found[0]).toBe("Asia/Shanghai");
  expect(new Set(found).size).toBe(found.length);
});
