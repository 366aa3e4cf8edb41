import { ElMessageBox } from "element-plus/es/components/message-box/index";
import "element-plus/es/components/message-box/style/css";
import { ref, shallowRef } from "vue";
import { asProblem } from "@/client/http";
import type { Problem } from "@/client/model";
import { promoteModel, rollBackModel } from "@/client/models";
import { useWords } from "@/i18n/useWords";
import { showDone } from "@/shell/notice";

/** Making a version live, or the one before: asked for with a reason; what the answer was. */
export function useChanges(done: () => Promise<void>) {
  const { t } = useWords();
  const busy = ref(false);
  const refused = shallowRef<Problem | null>(null);

  async function reason(title: string, question: string): Promise<string | null> {
    const asked = await ElMessageBox.prompt(question, title, {
      inputPlaceholder: t("models.why"),
      inputValidator: (value: string) => Boolean(value?.trim()) || t("models.whyNeeded"),
      confirmButtonText: title,
      cancelButtonText: t("action.cancel"),
    }).catch(() => null);
    return asked ? asked.value.trim() : null;
  }
  async function change(work: () => Promise<string>): Promise<void> {
    busy.value = true;
    refused.value = null;
    try {
      showDone(await work());
    } catch (error) {
      refused.value = asProblem(error);
    } finally {
      busy.value = false;
    }
    await done();
  }
  async function promote(name: string, version: string): Promise<void> {
    const why = await reason(t("models.promote"), t("models.promoteSure", { name, version }));
    if (!why) return;
    await change(async () => {
      await promoteModel(name, version, why);
      return t("models.promoted", { name, version });
    });
  }
  async function rollBack(name: string, version: string): Promise<void> {
    const why = await reason(t("models.rollBack"), t("models.rollBackSure", { name, version }));
    if (!why) return;
    await change(async () => t("models.rolledBack", { name, version: (await rollBackModel(name, why)).version }));
  }

  return { busy, refused, promote, rollBack };
}
