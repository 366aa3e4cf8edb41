/** The letters of pictures: a canvas knows neither `inherit` nor variables, and draws 10 px of any font where it can't read one. */
export const LETTERS = '"Inter", "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", "Segoe UI", system-ui, sans-serif';
