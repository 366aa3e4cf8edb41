import { defineStore } from "pinia";
import { ref } from "vue";

export interface Tab {
  path: string;
  title: string;
  /** A proper name shown instead of the title, as a campus's. */
  name?: string;
  fullPath: string;
}

/** Open one page's tab, or take the page's new address into the tab it has. */
export function withTab(tabs: readonly Tab[], tab: Tab): Tab[] {
  return tabs.some((open) => open.path === tab.path)
    ? tabs.map((open) => (open.path === tab.path ? { ...open, fullPath: tab.fullPath } : open))
    : [...tabs, tab];
}

/** Close a tab; `next` is where to go when it was the one shown. */
export function withoutTab(tabs: readonly Tab[], path: string): { tabs: Tab[]; next: string } {
  const index = tabs.findIndex((open) => open.path === path);
  const rest = tabs.filter((open) => open.path !== path);
  const neighbour = rest[Math.min(index, rest.length - 1)];
  return { tabs: rest, next: neighbour?.fullPath ?? "/map" };
}

/** The pages that are open, in the order they were opened. */
export const useTabs = defineStore("tabs", () => {
  const open = ref<Tab[]>([{ path: "/map", title: "nav.map", fullPath: "/map" }]);

  function visit(tab: Tab): void {
    open.value = withTab(open.value, tab);
  }
  function close(path: string): string {
    const { tabs, next } = withoutTab(open.value, path);
    open.value = tabs;
    return next;
  }
  function rename(path: string, name: string): void {
    open.value = open.value.map((tab) => (tab.path === path ? { ...tab, name } : tab));
  }

  return { open, visit, close, rename };
});
