/** Distances and times as people say them. */

export interface Amount {
  key: "metres" | "kilometres" | "minutes" | "hours" | "underMinute";
  n: number;
  rest: number;
}

/** Metres to the next five below 100, to the next ten below 1000, then kilometres with one decimal. */
export function distance(metres: number): Amount {
  if (metres < 995) {
    const step = metres < 100 ? 5 : 10;
    return { key: "metres", n: Math.max(step, Math.round(metres / step) * step), rest: 0 };
  }
  return { key: "kilometres", n: Math.round(metres / 100) / 10, rest: 0 };
}

/** Whole minutes, at least one; hours and minutes from sixty. */
export function duration(seconds: number): Amount {
  if (seconds < 45) return { key: "underMinute", n: 1, rest: 0 };
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes < 60
    ? { key: "minutes", n: minutes, rest: 0 }
    : { key: "hours", n: Math.floor(minutes / 60), rest: minutes % 60 };
}
