import { defineAsyncComponent } from "vue";

/** The map, whose code is large: the page around it is shown while it comes. */
export const CampusMap = defineAsyncComponent(() => import("./CampusMap.vue"));
