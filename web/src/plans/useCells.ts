import { computed, type ComputedRef } from "vue";
import { useCampuses } from "@/campus/campuses";
import type { ProblemTables } from "@/client/plans";
import { useWords } from "@/i18n/useWords";
import { sayCell } from "./cells";

/** How cells of a plan are said, in the language and by the clock of the campus. */
export function useCells(kind: () => string, tables: () => ProblemTables["tables"]): ComputedRef<ReturnType<typeof sayCell>> {
  const { t, language } = useWords();
  const campuses = useCampuses();
  return computed(() => sayCell(kind(), tables(), { later: (time, n) => t("plans.tour.later", { time, n }), rest: (who) => t("plans.tour.restOf", { who }), reload: (who) => t("plans.tour.reloadOf", { who }), zone: campuses.current?.time_zone ?? "UTC", language: language.value }));
}
