import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import { ask } from "@/client/assistant";
import { asProblem } from "@/client/http";
import type { Problem, Reply, Understanding } from "@/client/model";

export interface Turn {
  id: number;
  text: string;
  /** What the assistant understood, while it works on the reply. */
  heard: Understanding[];
  reply: Reply | null;
  problem: Problem | null;
}

/** The conversation of this visit. */
export const useChat = defineStore("chat", () => {
  const turns = shallowRef<Turn[]>([]);
  const waiting = ref(false);
  const conversation = crypto.randomUUID?.() ?? String(Math.random()).slice(2);

  const update = (id: number, part: Partial<Turn>): void => {
    turns.value = turns.value.map((turn) => (turn.id === id ? { ...turn, ...part } : turn));
  };

  async function answer(id: number, text: string, campus: string | null): Promise<void> {
    waiting.value = true;
    update(id, { problem: null, heard: [] });
    try {
      const reply = await ask(text, campus, conversation, (heard) => update(id, { heard }));
      update(id, { reply });
    } catch (error) {
      update(id, { problem: asProblem(error) });
    } finally {
      waiting.value = false;
    }
  }
  async function say(text: string, campus: string | null): Promise<void> {
    const id = turns.value.length;
    turns.value = [...turns.value, { id, text, heard: [], reply: null, problem: null }];
    await answer(id, text, campus);
  }

  return { turns, waiting, say, answer };
});
