import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { expect, test } from "vitest";
import { CLICKABLE, mapStyle } from "./mapStyle";
import { ALL_LAYERS, type Scene } from "./scene";

const scene: Scene = { theme: "light", ordinal: 0, threeD: false, layers: ALL_LAYERS, selected: null };
const ids = (given: Partial<Scene>): string[] => mapStyle({ ...scene, ...given }).layers.map((layer) => layer.id);

test.each([
  { theme: "light", ordinal: null, threeD: true },
  { theme: "dark", ordinal: 0, threeD: false },
  { theme: "dark", ordinal: -1, threeD: true },
] as const)("the style is valid: %o", (given) => {
  expect(validateStyleMin(mapStyle({ ...scene, ...given }))).toEqual([]);
});

test("the outside view has no rooms, and solid buildings in 3D", () => {
  expect(ids({ ordinal: null })).not.toContain("rooms");
  expect(ids({ ordinal: null, threeD: true })).toContain("building-solids");
});

test("a floor in 3D opens the buildings and raises the rooms", () => {
  const layers = ids({ ordinal: 2, threeD: true });
  expect(layers).toContain("room-solids");
  expect(layers).not.toContain("building-solids");
});

test("every clickable layer exists in some scene", () => {
  const every = new Set([...ids({ threeD: true }), ...ids({ threeD: true, ordinal: null })]);
  expect(CLICKABLE.filter((id) => !every.has(id))).toEqual([]);
});
