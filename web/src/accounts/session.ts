import { defineStore } from "pinia";
import { ref } from "vue";
import * as accounts from "@/client/accounts";
import type { Me, Right } from "@/client/model";

const VISITOR: Me = { username: null, role: "visitor", rights: ["see_place", "ask_way", "ask_assistant", "give_feedback"] };

/** Who is signed in, and what they may do. */
export const useSession = defineStore("session", () => {
  const me = ref<Me>(VISITOR);
  const known = ref(false);

  async function load(): Promise<void> {
    try {
      me.value = await accounts.getSession();
    } catch {
      me.value = VISITOR;
    } finally {
      known.value = true;
    }
  }
  async function signIn(username: string, password: string): Promise<void> {
    await accounts.signIn(username, password);
    await load();
  }
  async function signOut(): Promise<void> {
    await accounts.signOut();
    me.value = VISITOR;
  }
  const may = (right: Right): boolean => me.value.rights.includes(right);

  return { me, known, load, signIn, signOut, may };
});
