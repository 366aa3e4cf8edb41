import { computed, onBeforeUnmount, ref, shallowRef } from "vue";
import { asProblem } from "@/client/http";
import type { LiveRoute, Problem, Route, Text } from "@/client/model";
import { findRoutes, liveRouteUrl, type WayQuery } from "@/client/routing";
import { openStream } from "@/client/stream";
import type { Ask } from "./link";

export type LiveState = "off" | "on" | "broken";

export type Guidance = ReturnType<typeof useGuidance>;

/** One question for a way: its answers, kept current while it is open. */
export function useGuidance() {
  const routes = shallowRef<Route[]>([]);
  const chosen = ref(0);
  const loading = ref(false);
  const problem = shallowRef<Problem | null>(null);
  const change = shallowRef<{ why: Text | null } | null>(null);
  const live = ref<LiveState>("off");
  let close: (() => void) | null = null;
  let last: AbortController | null = null;

  const queryOf = (ask: Ask): WayQuery => ({ ...ask, order: ask.best ? "best" : "given" });

  function stop(): void {
    close?.();
    close = null;
    last?.abort();
    live.value = "off";
  }

  function follow(campus: string, ask: Ask): void {
    close = openStream<LiveRoute>(liveRouteUrl(campus, queryOf(ask)), ["route"], {
      onEvent(update) {
        live.value = "on";
        if (!update.changed) return;
        change.value = { why: update.why };
        routes.value = update.routes;
        problem.value = update.routes.length ? null : (update.problem ?? null);
        chosen.value = 0;
      },
      onBroken: (refused) => (live.value = refused ? "off" : "broken"),
    });
  }

  async function find(campus: string, ask: Ask): Promise<void> {
    stop();
    change.value = null;
    problem.value = null;
    if (!ask.from || !ask.to) return void (routes.value = []);
    last = new AbortController();
    const mine = last;
    loading.value = true;
    try {
      routes.value = await findRoutes(campus, queryOf(ask), 2, mine.signal);
      chosen.value = 0;
      follow(campus, ask);
    } catch (error) {
      if (mine.signal.aborted) return;
      routes.value = [];
      problem.value = asProblem(error);
    } finally {
      if (mine === last) loading.value = false;
    }
  }

  onBeforeUnmount(stop);
  const route = computed<Route | undefined>(() => routes.value[chosen.value]);
  return { routes, route, chosen, loading, problem, change, live, find, stop };
}
