/** Labels to begin with, by what is labelled: names in files and colours; the words people read are in i18n. */
export const PRESETS = {
  events: [["open", "#2b7bb9"], ["fault", "#d64545"], ["other", "#8a979d"]],
  device_states: [["off", "#8a979d"], ["standby", "#d99a1c"], ["on", "#2e9e6b"]],
  occupancy: [["empty", "#8a979d"], ["few", "#2b7bb9"], ["many", "#c2436b"]],
  custom: [["yes", "#2e9e6b"], ["no", "#d64545"]],
} as const;
export type PresetKind = keyof typeof PRESETS;
export const KINDS = Object.keys(PRESETS) as PresetKind[];
