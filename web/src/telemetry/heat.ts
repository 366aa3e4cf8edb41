/** The colour of a share of trouble: none is green, all is red; nothing due is grey. */
export function heat(share: number | null): string {
  if (share === null) return "var(--line)";
  const hue = 150 - 150 * Math.sqrt(Math.min(Math.max(share, 0), 1));
  return `hsl(${Math.round(hue)} 58% 48%)`;
}

/** A number of bytes as people read it. */
export function sized(bytes: number): string {
  const step = bytes < 1e3 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), 4);
  return `${Number((bytes / 1000 ** step).toPrecision(3))} ${["B", "kB", "MB", "GB", "TB"][step]}`;
}
