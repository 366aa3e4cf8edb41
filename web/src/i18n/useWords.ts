import { computed } from "vue";
import { useI18n } from "vue-i18n";
import { useCampuses } from "@/campus/campuses";
import type { LanguageMap, Text } from "@/client/model";
import { nameIn, spoken } from "./index";

/** Words in the reader's language: interface, names of places, messages, categories. */
export function useWords() {
  const { t, te, locale } = useI18n();
  const campuses = useCampuses();
  const language = computed(() => locale.value as "zh" | "en");

  function category(value: string | null | undefined): string {
    if (!value) return "";
    const key = `category.${value.replaceAll(".", "_")}`;
    if (te(key)) return t(key);
    return value.replace(/[._:]/g, " ").replace(/([a-z])([A-Z])/g, "$1 $2");
  }

  return {
    t,
    te,
    language,
    category,
    say: (text: Text | null | undefined) => spoken(text, language.value),
    named: (names: LanguageMap | Text | null | undefined) => nameIn(names, language.value),
    /** By the campus's clock, whatever clock the reader has. */
    when: (iso: string | null | undefined) => (iso ? formatTime(iso, language.value, campuses.current?.time_zone) : ""),
  };
}

function formatTime(iso: string, language: string, timeZone?: string): string {
  const format = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone,
  });
  return format.format(new Date(iso));
}
