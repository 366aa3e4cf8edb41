import { expect, test } from "vitest";
import { type Camera, together } from "./together";

function camera(zoom: number): Camera & { jumps: number } {
  let heard: (() => void)[] = [];
  const own = {
    jumps: 0,
    getCenter: () => [0, 0],
    getZoom: () => zoom,
    getBearing: () => 0,
    getPitch: () => 0,
    jumpTo(to: { zoom: number }) {
      zoom = to.zoom;
      own.jumps++;
      heard.forEach((one) => one());
    },
    on: (_: "move", one: () => void) => heard.push(one),
    off: (_: "move", one: () => void) => (heard = heard.filter((other) => other !== one)),
  };
  return own;
}

test("two maps move as one, without an echo, until they are parted", () => {
  const [one, other] = [camera(17), camera(3)];
  const part = together(one, other);
  expect([other.getZoom(), one.jumps, other.jumps]).toEqual([17, 0, 1]);
  other.jumpTo({ zoom: 18 });
  expect([one.getZoom(), one.jumps, other.jumps]).toEqual([18, 1, 2]);
  part();
  one.jumpTo({ zoom: 12 });
  expect(other.getZoom()).toBe(18);
});
