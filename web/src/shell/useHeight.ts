import { onBeforeUnmount, ref, watch, type Ref } from "vue";

/** The height of an element in CSS pixels, kept current. */
export function useHeight(element: Ref<HTMLElement | undefined>): Ref<number> {
  const height = ref(0);
  const observer = new ResizeObserver(() => (height.value = element.value?.offsetHeight ?? 0));
  watch(element, (now, before) => {
    if (before) observer.unobserve(before);
    if (now) observer.observe(now);
  });
  onBeforeUnmount(() => observer.disconnect());
  return height;
}
