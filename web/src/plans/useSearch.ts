import { computed, type ComputedRef, onBeforeUnmount, ref, shallowRef, type ShallowRef } from "vue";
import { getPlan, planEventsUrl, type BestSoFar, type PlanJob, type PlanSummary, type SearchProgress, type SolveRun } from "@/client/plans";
import { openStream } from "@/client/stream";
import { type Loading, useLoading } from "@/shell/loading";
import { heard, isBetter, isEnded } from "./figures";

export interface Followed {
  job: Loading<PlanJob>;
  summary: ComputedRef<PlanSummary | null>;
  steps: ShallowRef<readonly SearchProgress[]>;
  run: ComputedRef<SolveRun | null>;
  best: ComputedRef<BestSoFar | null>;
  load(): Promise<void>;
}
/** A better plan is drawn so often, at most. */
const REST_MS = 2000;

/** A problem, and while it is solved each step of its search and the best so far. */
export function useSearch(campus: () => string | null, id: () => string): Followed {
  const job = useLoading(() => (campus() ? getPlan(campus()!, id()) : Promise.reject(new Error("no campus"))));
  const live = shallowRef<PlanSummary | null>(null);
  const steps = shallowRef<readonly SearchProgress[]>([]);
  const resting = ref(false);
  const summary = computed(() => live.value ?? job.data.value?.summary ?? null);
  const run = computed(() => job.data.value?.run ?? null);
  const best = computed(() => run.value?.best ?? null);
  let close: (() => void) | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function stop(): void {
    close?.();
    close = null;
    clearTimeout(timer);
    resting.value = false;
  }
  /** Asks for what the search has come to, where it is news. */
  async function look(): Promise<void> {
    if (resting.value || !summary.value || summary.value.state !== "running") return;
    if (run.value && !isBetter(summary.value.progress, best.value)) return;
    resting.value = true;
    timer = setTimeout(() => ((resting.value = false), void look()), REST_MS);
    await job.load();
  }
  function follow(): void {
    if (!campus() || !summary.value || isEnded(summary.value.state)) return;
    close = openStream<PlanSummary>(planEventsUrl(campus()!, id()), ["plan"], {
      onEvent: (heardOf) => {
        live.value = heardOf;
        steps.value = heard(steps.value, heardOf.progress);
        if (!isEnded(heardOf.state)) return void look();
        stop();
        void job.load();
      },
    });
  }
  async function load(): Promise<void> {
    stop();
    live.value = null;
    steps.value = [];
    await job.load();
    follow();
  }
  onBeforeUnmount(stop);
  return { job, summary, steps, run, best, load };
}
