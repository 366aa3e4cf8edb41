/** The colour of a share of trouble: none is green, all is red; nothing due is grey. */
export function heat(share: number | null): string {
  if (share === null) return "var(--line)";
  const hue = 150 - 150 * Math.sqrt(Math.min(Math.max(share, 0), 1));
  return `hsl(${Math.round(hue)} 58% 48%)`;
}
