import { computed } from "vue";
import { useCampuses } from "@/campus/campuses";
import { useWords } from "@/i18n/useWords";

/** The buildings and levels of the campus, to choose one of. */
export function usePlaces() {
  const campuses = useCampuses();
  const { named } = useWords();
  return computed(() =>
    (campuses.current?.buildings ?? []).flatMap((building) => {
      const name = named(building.name) || building.id;
      return [{ id: building.id, name }, ...building.levels.map((level) => ({ id: level.id, name: `${name} ${named(level.name) || named(level.short_name)}` }))];
    }),
  );
}
