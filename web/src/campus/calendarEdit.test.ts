import { expect, test } from "vitest";
import { calendarOf, countryName, draftOf, isComplete } from "./calendarEdit";

const TOLD = {
  country: "CN",
  region: null,
  holidays: ["2026-03-20"],
  workdays: [],
  spans: [{ name: "学期", first: "2026-03-02", last: "2026-06-30", closed: false }],
};

test("a calendar goes into its form and comes back as it was", () => {
  expect(calendarOf(draftOf(TOLD))).toEqual(TOLD);
});

test("codes are written as ISO has them, days in their order, and spans without days are left out", () => {
  const draft = { ...draftOf(TOLD), country: " gb ", region: "eng", holidays: ["2026-05-02", "2026-05-01"], spans: [{ name: "x", days: null, closed: true }] };
  expect(calendarOf(draft)).toEqual({ country: "GB", region: "ENG", holidays: ["2026-05-01", "2026-05-02"], workdays: [], spans: [] });
  expect(isComplete(draft)).toBe(false);
  expect(isComplete(draftOf(TOLD))).toBe(true);
});

test("a country is named in the language that is spoken", () => {
  expect(countryName("cn", "zh")).toBe("中国");
  expect(countryName("GB", "en")).toBe("United Kingdom");
  expect(countryName("C", "en")).toBe("");
});
