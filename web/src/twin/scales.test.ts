import { expect, test } from "vitest";
import { colourOf, differenceStops, layerKeys, layers, written } from "./scales";

test("a value has the colour of its stop, and beyond the ends that of the end", () => {
  const scale = layers.temperature.stops;
  expect(scale.map(([value]) => colourOf(scale, value))).toEqual(scale.map(([, colour]) => colour));
  expect([colourOf(scale, -40), colourOf(scale, 99)]).toEqual([scale[0]![1], scale.at(-1)![1]]);
});
test("between two stops the colour is between theirs", () => expect(colourOf([[0, "#000000"], [10, "#ffffff"]], 5)).toBe("#808080"));
test("stops rise, and differences are as far below nought as above", () => {
  for (const key of layerKeys) {
    const values = layers[key].stops.map(([value]) => value);
    expect([...values].sort((a, b) => a - b)).toEqual(values);
    const apart = differenceStops(key).map(([value]) => value);
    expect(apart.map((value) => -value || 0).reverse()).toEqual(apart.map((value) => value || 0));
  }
});
test("differences are written with their sign, and nothing is no minus nought", () => {
  expect([written(1.26, 1, true), written(-1.26, 1, true), written(-0.01, 1, true), written(21, 0)]).toEqual(["+1.3", "−1.3", "0.0", "21"]);
});
