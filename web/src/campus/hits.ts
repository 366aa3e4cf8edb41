/** How hits of a search are listed. */
import type { Hit } from "@/client/model";

const THINGS = new Set(["device", "point"]);
/** Whoever types a room's name rarely means one of its twenty lamps. */
const MOST_THINGS = 3;
const MOST = 8;

/** Places first, then a few of the devices and points in them; their order stays otherwise. */
export function listedHits(hits: readonly Hit[]): Hit[] {
  const places = hits.filter((hit) => !THINGS.has(hit.feature_type));
  const things = hits.filter((hit) => THINGS.has(hit.feature_type));
  return [...places, ...things.slice(0, MOST_THINGS)].slice(0, MOST);
}

/** What a label says beside the name: `3层 会议室 A305` for 会议室 is `3层 A305`. The id of what has no name says nothing. */
export function besideName(label: string, name: string, id = ""): string {
  const rest = [name, id].reduce((text, part) => (part ? text.replace(part, " ") : text), label);
  return rest.replace(/\s+/g, " ").replace(/^[\s,，（()）]+|[\s,，（()）]+$/g, "").replace(/ ,/g, ",");
}
