import { defineStore } from "pinia";
import { computed, shallowRef } from "vue";
import { getTerms } from "@/client/assistant";
import type { Term } from "@/client/model";
import { i18n, spoken } from "@/i18n";
import { showProblem } from "@/shell/notice";

/** The intents and types of slot there are, asked for once. */
export const useTerms = defineStore("terms", () => {
  const say = (text: Term["name"] | undefined): string => spoken(text, i18n.global.locale.value);
  const intents = shallowRef<Term[]>([]);
  const slotTypes = shallowRef<Term[]>([]);
  const known = computed(() => new Map([...intents.value, ...slotTypes.value].map((term) => [term.id, term])));
  let asked: Promise<void> | null = null;

  async function ask(): Promise<void> {
    try {
      const terms = await getTerms();
      intents.value = terms.intents;
      slotTypes.value = terms.slot_types;
    } catch (error) {
      asked = null;
      showProblem(error);
    }
  }
  const load = (): Promise<void> => (asked ??= ask());
  const nameOf = (id: string): string => say(known.value.get(id)?.name) || id;
  const meaningOf = (id: string): string => say(known.value.get(id)?.description);

  return { intents, slotTypes, load, nameOf, meaningOf };
});
