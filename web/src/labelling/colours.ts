const GOLDEN_ANGLE = 137.508;

/** A hue, 0–360, that sets a name apart from its neighbours in a list. */
export function hueOf(name: string, names: readonly string[]): number {
  return Math.round((Math.max(names.indexOf(name), 0) * GOLDEN_ANGLE + 170) % 360);
}
