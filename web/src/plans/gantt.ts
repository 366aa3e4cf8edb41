/** The runs of slots, from first to last, that a device is on: `23-26 36-66`. */
export const runsOf = (on: unknown): [number, number][] => [...String(on ?? "").matchAll(/(\d+)-(\d+)/g)].map(([, first, last]) => [Number(first), Number(last) + 1]);

export const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
