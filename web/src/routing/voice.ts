/** Reading steps aloud with the browser's own voice. */
import { onBeforeUnmount, ref } from "vue";

export const canSpeak = typeof window !== "undefined" && "speechSynthesis" in window;

export function useVoice() {
  const on = ref(false);

  function speak(text: string, language: string): void {
    if (!canSpeak || !on.value || !text) return;
    window.speechSynthesis.cancel();
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = language === "zh" ? "zh-CN" : "en-GB";
    window.speechSynthesis.speak(utterance);
  }
  function toggle(): void {
    on.value = !on.value;
    if (!on.value && canSpeak) window.speechSynthesis.cancel();
  }
  onBeforeUnmount(() => canSpeak && window.speechSynthesis.cancel());
  return { on, speak, toggle };
}
