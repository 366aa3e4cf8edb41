import { ref, shallowRef, type Ref, type ShallowRef } from "vue";
import { asProblem } from "@/client/http";
import type { Problem } from "@/client/model";

export interface Loading<T> {
  data: ShallowRef<T | null>;
  loading: Ref<boolean>;
  problem: ShallowRef<Problem | null>;
  load(): Promise<void>;
}

/** Data that a panel asks for: what came, or what went wrong. A later call wins over an earlier one. */
export function useLoading<T>(ask: () => Promise<T>): Loading<T> {
  const data = shallowRef<T | null>(null);
  const loading = ref(true);
  const problem = shallowRef<Problem | null>(null);
  let turn = 0;

  async function load(): Promise<void> {
    const mine = ++turn;
    loading.value = true;
    problem.value = null;
    try {
      const answer = await ask();
      if (mine === turn) data.value = answer;
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error);
    } finally {
      if (mine === turn) loading.value = false;
    }
  }

  return { data, loading, problem, load };
}
