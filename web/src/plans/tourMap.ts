/** Tours as features of the map: ways in the colour of who walks them, places with the numbers of their visits. */
import type { Feature, FeatureCollection } from "geojson";
import type { TourWalk } from "@/client/plans";
import type { MapSpot, Tour } from "./tours";

const collection = (features: Feature[]): FeatureCollection => ({ type: "FeatureCollection", features });
/** Pixels between tours that take the same way. */
const APART = 4;

/** From where to where each tour goes, back home at the end. */
export const stretchesOf = (tour: Tour): [string, string][] => {
  const places = [tour.start, ...tour.visits.map((visit) => visit.place), tour.home].filter((place): place is string => place !== null);
  return places.slice(1).flatMap((to, i) => (to === places[i] ? [] : [[places[i]!, to] as [string, string]]));
};

/** Ways as lines a leg; where none is known, a straight line. `shown` null draws all floors. */
export function tourLines(tours: readonly Tour[], walks: readonly TourWalk[], spots: Record<string, MapSpot>, shown: number | null, staff: string | null): FeatureCollection {
  const known = new Map(walks.map((walk) => [JSON.stringify([walk.origin, walk.destination]), walk]));
  return collection(
    tours.flatMap((tour, i) => {
      const look = { chosen: true, colour: tour.colour, faint: staff !== null && staff !== tour.staff, offset: APART * (i - (tours.length - 1) / 2) };
      return stretchesOf(tour).flatMap(([from, to]): Feature[] => {
        const walk = known.get(JSON.stringify([from, to]));
        if (walk) return walk.legs.map((leg) => ({ type: "Feature", geometry: leg.geometry, properties: { ...look, here: shown === null || leg.level === shown || leg.to_level === shown } }));
        const [a, b] = [spots[from], spots[to]];
        return a && b ? [{ type: "Feature", geometry: { type: "LineString", coordinates: [[a.lon, a.lat], [b.lon, b.lat]] }, properties: { ...look, here: false } }] : [];
      });
    }),
  );
}

/** A mark for each place that is visited, with the numbers of its visits; of those who stand out, if anybody does. */
export function tourStops(tours: readonly Tour[], spots: Record<string, MapSpot>, shown: number | null, staff: string | null, chosen: string | null): FeatureCollection {
  const marks = new Map<string, { id: string; numbers: number[]; colour: string; chosen: boolean; faint: boolean }>();
  for (const tour of [...tours].sort((a, b) => Number(b.staff === staff) - Number(a.staff === staff))) {
    const faint = staff !== null && tour.staff !== staff;
    for (const visit of tour.visits) {
      const mark = marks.get(visit.place);
      if (!mark) marks.set(visit.place, { id: visit.key, numbers: [visit.number], colour: tour.colour, chosen: visit.key === chosen, faint });
      else {
        if (!faint || mark.faint) mark.numbers.push(visit.number);
        mark.chosen ||= visit.key === chosen;
      }
    }
  }
  const features = [...marks].flatMap(([place, mark]): Feature[] => {
    const spot = spots[place];
    return spot ? [{ type: "Feature", geometry: { type: "Point", coordinates: [spot.lon, spot.lat] }, properties: { id: mark.id, number: mark.numbers.join("·"), colour: mark.colour, chosen: mark.chosen, faint: mark.faint, here: shown === null || spot.level === shown } }] : [];
  });
  const ends = [...new Set(tours.flatMap((tour) => [tour.start, tour.home]))].flatMap((place): Feature[] => {
    const spot = place === null || marks.has(place) ? undefined : spots[place];
    return spot ? [{ type: "Feature", geometry: { type: "Point", coordinates: [spot.lon, spot.lat] }, properties: { role: "from", here: shown === null || spot.level === shown } }] : [];
  });
  return collection([...ends, ...features]);
}
