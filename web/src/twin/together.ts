/** What of a map two need to be moved as one. */
export interface Camera {
  getCenter(): unknown;
  getZoom(): number;
  getBearing(): number;
  getPitch(): number;
  jumpTo(to: object): unknown;
  on(event: "move", heard: () => void): unknown;
  off(event: "move", heard: () => void): unknown;
}

/** Move two maps as one, the second to where the first is; returns what parts them again. */
export function together(one: Camera, other: Camera): () => void {
  let moving = false;
  const follow = (from: Camera, to: Camera) => (): void => {
    if (moving) return;
    moving = true;
    to.jumpTo({ center: from.getCenter(), zoom: from.getZoom(), bearing: from.getBearing(), pitch: from.getPitch() });
    moving = false;
  };
  const [there, back] = [follow(one, other), follow(other, one)];
  one.on("move", there);
  other.on("move", back);
  there();
  return () => {
    one.off("move", there);
    other.off("move", back);
  };
}
