import type { Change, PlaceFeature } from "@/client/model";

export interface FieldChange {
  field: string;
  before: string;
  after: string;
}

const plain = (value: unknown): string => {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(plain).join(", ");
  if (typeof value === "object")
    return Object.entries(value as object)
      .map(([key, item]) => `${key}: ${plain(item)}`)
      .join("; ");
  return String(value);
};

const properties = (feature: PlaceFeature | null): Record<string, unknown> => ({
  ...feature?.properties,
  geometry: feature?.geometry ? JSON.stringify(feature.geometry) : undefined,
});

/** The fields that differ, as text; geometry is named but not spelt out, what a file kept for itself (`_…`) is left out. */
export function changedFields(change: Change): FieldChange[] {
  const [before, after] = [properties(change.before), properties(change.after)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((field) => !field.startsWith("_"))
    .map((field) => ({ field, before: plain(before[field]), after: plain(after[field]) }))
    .filter((row) => row.before !== row.after)
    .map((row) => (row.field === "geometry" ? { field: "geometry", before: "", after: "" } : row));
}
