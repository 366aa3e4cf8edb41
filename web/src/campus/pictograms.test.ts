import { expect, test } from "vitest";
import { pictogramOf, pictograms } from "./pictograms";

test.each([
  ["elevator", "elevator"],
  ["restroom.female", "female"],
  ["restroom.male", "male"],
  ["restroom", "toilet"],
  ["restroom.female.wheelchair", "wheelchair"],
  ["parking.bicycle", "bicycle"],
  ["parking.accessible", "parking"],
  ["atm", "atm"],
  ["bus_stop", "bus"],
  ["evcharger", "charging"],
  ["beautysalon", "shop"],
  ["preschool", "nursery"],
])("a %s has the picture %s", (category, name) => expect(pictogramOf(category)?.name).toBe(name));

test("what has no picture is left to words", () => {
  expect(pictogramOf("office")).toBeNull();
  expect(pictogramOf(null)).toBeNull();
});

test("each picture is there once", () => {
  const names = pictograms.map((p) => p.name);
  expect(new Set(names).size).toBe(names.length);
});
