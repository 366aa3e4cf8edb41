/** The edit form's fields, and the patch that says only what was changed. */
import type { FeaturePatch } from "@/client/campus";
import type { PlaceDetail } from "@/client/model";

export interface AliasRow {
  language: string;
  text: string;
  kind: string;
}

export interface EditFields {
  zh: string;
  en: string;
  hours: string;
  accessibility: string[];
  restriction: string;
  aliases: AliasRow[];
}

export function fieldsOf(place: PlaceDetail): EditFields {
  const p = place.properties;
  return {
    zh: p.name?.zh ?? "",
    en: p.name?.en ?? "",
    hours: p.hours ?? "",
    accessibility: [...(p.accessibility ?? [])],
    restriction: p.restriction ?? "",
    aliases: place.aliases.map(({ language, text, kind }) => ({ language, text, kind })),
  };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Names in other languages stay as they are; blank aliases are dropped. */
export function patchOf(place: PlaceDetail, fields: EditFields, why: string): FeaturePatch | null {
  const before = fieldsOf(place);
  const patch: FeaturePatch = { why };
  if (fields.zh !== before.zh || fields.en !== before.en) {
    const others = Object.entries(place.properties.name ?? {}).filter(([tag]) => tag !== "zh" && tag !== "en");
    const own = [["zh", fields.zh.trim()], ["en", fields.en.trim()]].filter(([, text]) => text);
    patch.name = Object.fromEntries([...others, ...own]);
  }
  if (fields.hours !== before.hours) patch.hours = fields.hours.trim();
  if (!same(fields.accessibility, before.accessibility)) patch.accessibility = fields.accessibility;
  if (fields.restriction !== before.restriction) patch.restriction = fields.restriction;
  const aliases = fields.aliases.map((a) => ({ ...a, text: a.text.trim() })).filter((a) => a.text);
  if (!same(aliases, before.aliases)) patch.aliases = aliases;
  return Object.keys(patch).length > 1 ? patch : null;
}
