import { defineStore } from "pinia";
import { ref, watch } from "vue";
import { i18n, type Language, languageOf } from "@/i18n";

export type Theme = "light" | "dark";

function stored(key: string): string | null {
  try {
    return localStorage.getItem(`yuanli.${key}`);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(`yuanli.${key}`, value);
  } catch {
    // A browser without storage forgets the choice; nothing else is lost.
  }
}

const systemTheme = (): Theme => (window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

/** What this reader chose: language, theme, width of the menu. */
export const usePreferences = defineStore("preferences", () => {
  const language = ref<Language>((stored("language") as Language | null) ?? languageOf(navigator.languages));
  const theme = ref<Theme>((stored("theme") as Theme | null) ?? systemTheme());
  const menuFolded = ref(stored("menu") === "folded");

  watch(
    language,
    (value) => {
      i18n.global.locale.value = value;
      document.documentElement.lang = value === "zh" ? "zh-CN" : "en";
    },
    { immediate: true },
  );

  /** Dress the page in a theme. */
  const dress = (dark: boolean): void => void document.documentElement.classList.toggle("dark", dark);
  watch(theme, (value) => dress(value === "dark"), { immediate: true });
  window.addEventListener("beforeprint", () => dress(false)); // paper is white
  window.addEventListener("afterprint", () => dress(theme.value === "dark"));

  function setLanguage(value: Language): void {
    language.value = value;
    keep("language", value);
  }
  function toggleTheme(): void {
    theme.value = theme.value === "dark" ? "light" : "dark";
    keep("theme", theme.value);
  }
  function toggleMenu(): void {
    menuFolded.value = !menuFolded.value;
    keep("menu", menuFolded.value ? "folded" : "open");
  }

  return { language, theme, menuFolded, setLanguage, toggleTheme, toggleMenu };
});
