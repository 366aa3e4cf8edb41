import { expect, test } from "vitest";
import { groupOf, groups, roomColour } from "./palette";

test.each([
  ["restroom.male", "sanitary"],
  ["stairs", "vertical"],
  ["elevator", "vertical"],
  ["walkway", "circulation"],
  ["conferenceroom", "meeting"],
  ["office", "work"],
  ["foodservice", "food"],
  ["parking.bicycle", "parking"],
  ["nonpublic", "closed"],
  ["mechanicalroom", "plant"],
  ["a word nobody foresaw", "other"],
])("a %s is drawn as %s", (category, group) => expect(groupOf(category)).toBe(group));

test("no two groups share a colour", () => {
  for (const theme of ["light", "dark"] as const)
    expect(new Set(groups.map((group) => roomColour(group, theme))).size).toBe(groups.length);
});
