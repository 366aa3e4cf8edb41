import { useWords } from "@/i18n/useWords";
import { distance, duration } from "./format";

/** Distances, durations and times of day in the reader's language. */
export function useAmounts() {
  const { t } = useWords();
  const far = (metres: number): string => {
    const amount = distance(metres);
    return t(`amount.${amount.key}`, { n: amount.n });
  };
  const long = (seconds: number): string => {
    const amount = duration(seconds);
    return t(`amount.${amount.key}`, { n: amount.n, rest: amount.rest });
  };
  /** The campus's wall clock, whatever zone the reader is in. */
  const clock = (iso: string): string => iso.slice(11, 16);
  return { far, long, clock };
}
