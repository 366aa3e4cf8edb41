/** Hatching: there are sensors, but none of them says anything now. */
import type { Theme } from "@/shell/preferences";

export const HATCH = "hatch";
const SIZE = 12;

/** The pixels of a tile that fits beside itself: stripes from the lower left to the upper right. */
export function drawHatch(theme: Theme): { width: number; height: number; data: Uint8Array } {
  const [ground, stripe] = theme === "dark" ? [[46, 53, 56], [98, 110, 115]] : [[240, 240, 238], [172, 178, 180]];
  const data = new Uint8Array(SIZE * SIZE * 4);
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) data.set([...((x + y) % 6 < 2 ? stripe! : ground!), 255], (y * SIZE + x) * 4);
  return { width: SIZE, height: SIZE, data };
}
