/** Colours of spaces by what they are for: few, calm, and apart enough for colour-blind eyes. */
import type { Theme } from "@/shell/preferences";

export const groups = [
  "work",
  "meeting",
  "circulation",
  "vertical",
  "sanitary",
  "food",
  "retail",
  "care",
  "learning",
  "leisure",
  "parking",
  "plant",
  "closed",
  "other",
] as const;
export type Group = (typeof groups)[number];

const words: Readonly<Record<Exclude<Group, "other">, RegExp>> = {
  vertical: /stair|elevator|lift|escalator|ramp|movingwalkway|steps/,
  sanitary: /restroom|toilet|shower|washroom|wc\b|mothersroom/,
  circulation: /walkway|corridor|lobby|hall$|foyer|vestibule|concourse|entrance|hallway|waitingroom|area$/,
  meeting: /conference|meeting|auditorium|lecturehall|boardroom|theater|ballroom/,
  learning: /classroom|laboratory|library|seminar|lab\b|training|nursery|kindergarten|school|university/,
  food: /foodservice|restaurant|cafe|coffee|kitchen|canteen|pantry|eat|bar\b|fast_food|fooddrink/,
  retail: /retail|shop|store$|bank|market|mall|hotel|lodging|salon|services/,
  care: /medical|clinic|firstaid|pharmacy|hospital|doctor|health/,
  leisure: /gym|fitness|recreation|lounge|privatelounge|prayer|garden|sport|terrace|library\.lounge/,
  parking: /parking|garage|loading|driveway/,
  plant: /mechanical|electric|server|hvac|plant|storage|utilit|janitor|data|it_?room|technical|warehouse/,
  closed: /nonpublic|opentobelow|structure|unenclosed|serviceroom|restricted|column/,
  work: /office|workspace|coworking|room$|reception|copy|print|business|admin/,
};

/** The group a category belongs to; what nobody foresaw is `other`. */
export function groupOf(category: string | null | undefined): Group {
  const value = (category ?? "").toLowerCase();
  for (const [group, pattern] of Object.entries(words)) if (pattern.test(value)) return group as Group;
  return "other";
}

const light: Readonly<Record<Group, string>> = {
  work: "#dfe9f5",
  meeting: "#cfe0f7",
  circulation: "#fbfaf6",
  vertical: "#d4d0ea",
  sanitary: "#cbe7ee",
  food: "#fbe0c3",
  retail: "#f8d9d4",
  care: "#f6cfd6",
  learning: "#e6e0f3",
  leisure: "#d7ebcf",
  parking: "#e2e5e8",
  plant: "#dcdcd6",
  closed: "#e9e9e6",
  other: "#ebe9e2",
};

const dark: Readonly<Record<Group, string>> = {
  work: "#2b3c4e",
  meeting: "#2c4667",
  circulation: "#222c2f",
  vertical: "#453f63",
  sanitary: "#22505c",
  food: "#5f4526",
  retail: "#5c3a36",
  care: "#5f333d",
  learning: "#41385c",
  leisure: "#2f4c2c",
  parking: "#30373b",
  plant: "#363733",
  closed: "#2a2e2f",
  other: "#35363a",
};

export const roomColour = (group: Group, theme: Theme): string => (theme === "dark" ? dark : light)[group];

export interface Palette {
  ground: string;
  lawn: string;
  water: string;
  paved: string;
  building: string;
  buildingLine: string;
  road: string;
  roadLine: string;
  path: string;
  wall: string;
  label: string;
  halo: string;
  accent: string;
  route: string;
  routeCasing: string;
  danger: string;
  warning: string;
  door: string;
}

const palettes: Readonly<Record<Theme, Palette>> = {
  light: {
    ground: "#f0f2ed",
    lawn: "#d5e7cb",
    water: "#bcdcec",
    paved: "#e6e5df",
    building: "#dcd8ce",
    buildingLine: "#b3ad9f",
    road: "#ffffff",
    roadLine: "#d5d5cf",
    path: "#cdbfa4",
    wall: "#8d9499",
    label: "#2d3b41",
    halo: "#ffffff",
    accent: "#0f766e",
    route: "#1667d9",
    routeCasing: "#ffffff",
    danger: "#d63b3b",
    warning: "#d98200",
    door: "#ffffff",
  },
  dark: {
    ground: "#151d1f",
    lawn: "#1d3024",
    water: "#173240",
    paved: "#20292c",
    building: "#333d41",
    buildingLine: "#55636a",
    road: "#2f3a3e",
    roadLine: "#232c2f",
    path: "#5a5342",
    wall: "#6f7d84",
    label: "#dbe5e6",
    halo: "#11181a",
    accent: "#2fb5a8",
    route: "#5aa2ff",
    routeCasing: "#0c1214",
    danger: "#ff6b64",
    warning: "#f0ab3c",
    door: "#1a2225",
  },
};

export const paletteOf = (theme: Theme): Palette => palettes[theme];
