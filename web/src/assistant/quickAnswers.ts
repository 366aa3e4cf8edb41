import type { Reply, Text } from "@/client/model";

/** What can be answered or asked next with one press: yes or no, what is offered, else what is suggested. */
export function quickAnswers(reply: Reply | null, say: (text: Text) => string, t: (key: string) => string): string[] {
  if (!reply) return [];
  const offered = reply.options.map((option) => say(option.label));
  const settled = reply.move === "confirm" ? ["yes", "no"].map((key) => t(`ask.${key}`)) : [];
  const open = reply.pending ? [t("ask.cancel")] : [];
  return [...new Set([...settled, ...offered, ...reply.suggestions.map(say), ...open])];
}
