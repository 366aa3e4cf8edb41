import { ref, shallowRef, watch, type Ref } from "vue";
import { asProblem } from "@/client/http";
import type { Problem } from "@/client/model";
import { getReadings, getSummary, type Span } from "@/client/telemetry";
import { type Sample, samplesOf, samplesOfBuckets, type Step, stepOf } from "./curve";

const WAIT_MS = 250;

/** The samples of points in a view: raw when near, summed by the server from afar; asked for when the view rests. */
export function useCurves(campus: Ref<string | null>, points: Ref<string[]>, view: Ref<Span>) {
  const samples = shallowRef<Record<string, Sample[]>>({});
  const step = ref<Step>("raw");
  const loading = ref(false);
  const problem = shallowRef<Problem | null>(null);
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(): Promise<void> {
    const place = campus.value;
    if (!place || !points.value.length) return;
    const mine = ++turn;
    const asked = stepOf(view.value);
    const margin = (view.value.to - view.value.from) / 4;
    const span = { from: Math.max(Math.floor(view.value.from - margin), 0), to: Math.ceil(view.value.to + margin) };
    loading.value = true;
    problem.value = null;
    try {
      const found: Record<string, Sample[]> = Object.fromEntries(points.value.map((point) => [point, []]));
      if (asked === "raw") {
        const all = await Promise.all(points.value.map((point) => getReadings(place, point, span)));
        points.value.forEach((point, i) => (found[point] = samplesOf(all[i] ?? [])));
      } else {
        const buckets = await getSummary(place, points.value, span, asked);
        for (const point of points.value) found[point] = samplesOfBuckets(buckets.filter((one) => one.point === point));
      }
      if (mine !== turn) return;
      samples.value = found;
      step.value = asked;
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error);
    } finally {
      if (mine === turn) loading.value = false;
    }
  }
  watch(
    [campus, points, view],
    (_, before) => {
      clearTimeout(timer);
      if (before[0] === undefined) void load();
      else timer = setTimeout(() => void load(), WAIT_MS);
    },
    { immediate: true },
  );
  return { samples, step, loading, problem, load };
}
