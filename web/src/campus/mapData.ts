import type { FeatureCollection } from "geojson";
import { computed, type ComputedRef, ref, shallowRef, watch, type Ref, type ShallowRef } from "vue";
import { getBaseMap, getIndoorMap, listClosures } from "@/client/campus";
import { asProblem } from "@/client/http";
import type { Closure, PlaceCollection, Problem } from "@/client/model";
import { drawn, NOTHING } from "./drawn";

export interface MapData {
  base: ComputedRef<FeatureCollection>;
  indoor: ComputedRef<FeatureCollection>;
  closures: ComputedRef<FeatureCollection>;
  closureList: ShallowRef<Closure[]>;
  loading: Ref<boolean>;
  problem: ShallowRef<Problem | null>;
  reload(): Promise<void>;
  feature(id: string): PlaceCollection["features"][number] | undefined;
}

const EMPTY: PlaceCollection = { type: "FeatureCollection", features: [] };
const active = (closure: Closure, now: number): boolean =>
  (!closure.starts_at || Date.parse(closure.starts_at) <= now) && (!closure.ends_at || Date.parse(closure.ends_at) > now);

/** What is drawn of a campus: the ground, one floor, and what is closed on it. */
export function useMapData(
  campus: Ref<string | null>,
  ordinal: Ref<number | null>,
  language: Ref<string>,
): MapData {
  const ground = shallowRef<PlaceCollection>(EMPTY);
  const floor = shallowRef<PlaceCollection>(EMPTY);
  const closureList = shallowRef<Closure[]>([]);
  const loading = ref(false);
  const problem = shallowRef<Problem | null>(null);
  const now = ref(Date.now());

  let running = 0;
  async function guarded(work: () => Promise<void>): Promise<void> {
    running += 1;
    loading.value = true;
    problem.value = null;
    try {
      await work();
    } catch (error) {
      problem.value = asProblem(error);
    } finally {
      running -= 1;
      loading.value = running > 0;
    }
  }

  async function loadGround(): Promise<void> {
    const id = campus.value;
    if (!id) return;
    const [base, closures] = await Promise.all([getBaseMap(id), listClosures(id)]);
    if (id !== campus.value) return;
    ground.value = base;
    closureList.value = closures;
    now.value = Date.now();
  }
  async function loadFloor(): Promise<void> {
    const [id, level] = [campus.value, ordinal.value];
    if (!id || level === null) return void (floor.value = EMPTY);
    const indoor = await getIndoorMap(id, level);
    if (id === campus.value && level === ordinal.value) floor.value = indoor;
  }
  const reload = (): Promise<void> => guarded(async () => void (await Promise.all([loadGround(), loadFloor()])));

  watch(campus, reload, { immediate: true });
  watch(ordinal, () => guarded(loadFloor));

  const current = computed(() => closureList.value.filter((c) => active(c, now.value)));
  const closed = computed(() => new Set(current.value.flatMap((c) => c.feature_ids)));
  const feature = (id: string) =>
    floor.value.features.find((f) => String(f.id) === id) ??
    ground.value.features.find((f) => String(f.id) === id);

  const closures = computed<FeatureCollection>(() => ({
    type: "FeatureCollection",
    features: [
      ...current.value.flatMap((c) =>
        c.geometry && (c.ordinal === null || ordinal.value === null || c.ordinal === ordinal.value)
          ? [{ type: "Feature" as const, geometry: c.geometry, properties: { id: c.id } }]
          : [],
      ),
      ...[...closed.value].flatMap((id) => {
        const found = feature(id);
        return found ? [{ type: "Feature" as const, geometry: found.geometry, properties: { id } }] : [];
      }),
    ],
  }));

  return {
    base: computed(() => (campus.value ? drawn(ground.value, language.value, closed.value) : NOTHING)),
    indoor: computed(() => drawn(floor.value, language.value, closed.value)),
    closures,
    closureList,
    loading,
    problem,
    reload,
    feature,
  };
}
