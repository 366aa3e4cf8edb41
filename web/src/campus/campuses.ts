import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import * as client from "@/client/campus";
import { asProblem } from "@/client/http";
import type { CampusDetail, CampusSummary, Problem } from "@/client/model";

const LAST = "yuanli.campus";

function remembered(): string | null {
  try {
    return localStorage.getItem(LAST);
  } catch {
    return null;
  }
}

/** The campuses of this site, and the one that is shown. */
export const useCampuses = defineStore("campuses", () => {
  const list = shallowRef<CampusSummary[]>([]);
  const current = shallowRef<CampusDetail | null>(null);
  const loading = ref(true);
  const problem = shallowRef<Problem | null>(null);
  /** A link may name its campus: `/go?campus=…`. */
  const wanted = ref<string | null>(new URLSearchParams(window.location.search).get("campus") ?? remembered());
  const id = computed(() => current.value?.id ?? null);

  /** `ahead` is for a page with a map: what it draws first is asked for at once. */
  async function load(ahead = false): Promise<void> {
    loading.value = true;
    problem.value = null;
    try {
      list.value = await client.listCampuses();
      const chosen = list.value.find((c) => c.id === wanted.value) ?? list.value[0];
      if (chosen && ahead) client.askMapAhead(chosen.id);
      current.value = chosen ? await client.getCampus(chosen.id) : null;
    } catch (error) {
      problem.value = asProblem(error);
    } finally {
      loading.value = false;
    }
  }

  async function choose(campus: string): Promise<void> {
    wanted.value = campus;
    try {
      localStorage.setItem(LAST, campus);
    } catch {
      // Without storage the choice holds for this visit.
    }
    await load();
  }

  return { list, current, id, loading, problem, load, choose };
});
