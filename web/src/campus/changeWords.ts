import type { Change, LanguageMap, PlaceFeature } from "@/client/model";

export interface FieldChange {
  field: string;
  /** Of a text in several languages: which one. */
  language?: string;
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

const TAG = /^[a-z]{2,3}(-[A-Za-z0-9]+)*$/;
const isText = (value: unknown): value is LanguageMap =>
  typeof value === "object" && value !== null && !Array.isArray(value) &&
  Object.entries(value).every(([tag, text]) => TAG.test(tag) && typeof text === "string");

const properties = (feature: PlaceFeature | null): Record<string, unknown> => ({
  ...feature?.properties,
  geometry: feature?.geometry ? JSON.stringify(feature.geometry) : undefined,
});

function rowsOf(field: string, before: unknown, after: unknown): FieldChange[] {
  if (!isText(before ?? {}) || !isText(after ?? {}) || (!before && !after))
    return [{ field, before: plain(before), after: plain(after) }];
  const [old, fresh] = [(before ?? {}) as LanguageMap, (after ?? {}) as LanguageMap];
  const tags = [...new Set([...Object.keys(old), ...Object.keys(fresh)])];
  return tags.map((language) => ({ field, language, before: old[language] ?? "", after: fresh[language] ?? "" }));
}

/**
 * The fields that differ, as text, each language by itself; geometry is named but not spelt out, and what a file kept
 * for itself (`_…`) is left out.
 */
export function changedFields(change: Change): FieldChange[] {
  const [before, after] = [properties(change.before), properties(change.after)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((field) => !field.startsWith("_"))
    .flatMap((field) => rowsOf(field, before[field], after[field]))
    .filter((row) => row.before !== row.after)
    .map((row) => (row.field === "geometry" ? { field: "geometry", before: "", after: "" } : row));
}
