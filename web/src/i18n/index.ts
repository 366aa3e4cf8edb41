import { createI18n } from "vue-i18n";
import type { LanguageMap, Text } from "@/client/model";
import en from "./en";
import zh from "./zh";

export type Language = "zh" | "en";

/** Chinese for any Chinese browser, else English. */
export function languageOf(tags: readonly string[]): Language {
  return (tags[0] ?? "en").toLowerCase().startsWith("zh") ? "zh" : "en";
}

export const i18n = createI18n({
  legacy: false,
  locale: "zh" as Language,
  fallbackLocale: "en",
  messages: { zh, en },
});

/** The message in the reader's language. */
export function spoken(text: Text | null | undefined, language: string): string {
  return text ? (language === "zh" ? text.zh : text.en) : "";
}

/** A name in the reader's language, else in the other, else in whatever there is. */
export function nameIn(names: LanguageMap | Text | null | undefined, language: string): string {
  if (!names) return "";
  const map = names as LanguageMap;
  const order = language === "zh" ? ["zh", "zh-Hans", "zh-CN", "und", "en"] : ["en", "und", "zh"];
  for (const tag of order) if (map[tag]) return map[tag];
  const prefixed = Object.keys(map).find((tag) => tag.startsWith(language) && map[tag]);
  return (prefixed && map[prefixed]) || Object.values(map).find(Boolean) || "";
}
