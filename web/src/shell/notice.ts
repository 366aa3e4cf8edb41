import { ElMessage } from "element-plus/es/components/message/index";
import "element-plus/es/components/message/style/css";
import { asProblem } from "@/client/http";
import { i18n, spoken } from "@/i18n";

/** Show what went wrong, in the reader's language, with the next step. */
export function showProblem(error: unknown): void {
  const problem = asProblem(error);
  const language = i18n.global.locale.value;
  const words = [spoken(problem.message, language), spoken(problem.hint, language)].filter(Boolean);
  ElMessage({ type: "error", message: words.join(" "), duration: 6000, showClose: true });
}

export function showDone(message: string): void {
  ElMessage({ type: "success", message });
}
