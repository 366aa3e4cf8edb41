import { ref, type Ref, shallowRef, type ShallowRef } from "vue";
import { asProblem } from "@/client/http";
import type { Problem } from "@/client/model";

/** One request of a form at a time: whether it is on its way, and what it was refused for. */
export function useAttempt(): { sending: Ref<boolean>; problem: ShallowRef<Problem | null>; attempt(work: () => Promise<void>): Promise<void> } {
  const sending = ref(false);
  const problem = shallowRef<Problem | null>(null);
  async function attempt(work: () => Promise<void>): Promise<void> {
    sending.value = true;
    problem.value = null;
    try {
      await work();
    } catch (error) {
      problem.value = asProblem(error);
    } finally {
      sending.value = false;
    }
  }
  return { sending, problem, attempt };
}
