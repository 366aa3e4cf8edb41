/** Pictograms on the map: category → Material Design icon, drawn on a canvas (no sprite to load). */
import * as mdi from "@mdi/js";
import type { Theme } from "@/shell/preferences";
import { paletteOf } from "./palette";

export interface Pictogram {
  name: string;
  path: string;
  colour: string;
}

const BLUE = "#2f6fb5";
const GREEN = "#2d8a54";
const ORANGE = "#c8741a";
const RED = "#cc3d4a";
const GREY = "#5d6a70";
const VIOLET = "#6a5bb0";
const TEAL = "#0f7f8c";

/** Tried from the top; the first pattern that fits gives the picture. */
const table: readonly (readonly [RegExp, string, string, string])[] = [
  [/elevator|lift/, "elevator", mdi.mdiElevatorPassenger, VIOLET],
  [/escalator/, "escalator", mdi.mdiEscalator, VIOLET],
  [/stair|steps/, "stairs", mdi.mdiStairs, VIOLET],
  [/ramp|wheelchair/, "wheelchair", mdi.mdiWheelchairAccessibility, BLUE],
  [/restroom.*(accessible|wheelchair)|toilet.*accessible/, "wheelchair", mdi.mdiWheelchairAccessibility, TEAL],
  [/(restroom|toilets?)\W*female|women/, "female", mdi.mdiHumanFemale, TEAL],
  [/(restroom|toilets?)\W*male|(?<!wo)men/, "male", mdi.mdiHumanMale, TEAL],
  [/restroom|toilet|washroom|^wc$/, "toilet", mdi.mdiHumanMaleFemale, TEAL],
  [/aed|defibrillator/, "aed", mdi.mdiHeartFlash, RED],
  [/assembly/, "assembly", mdi.mdiAccountGroup, GREEN],
  [/fire|extinguisher/, "fire", mdi.mdiFireExtinguisher, RED],
  [/pharmacy/, "pharmacy", mdi.mdiPill, RED],
  [/medical|clinic|hospital|doctor|firstaid/, "clinic", mdi.mdiMedicalBag, RED],
  [/atm/, "atm", mdi.mdiCashMultiple, GREEN],
  [/bank/, "bank", mdi.mdiBank, GREEN],
  [/charging|charger|ev_/, "charging", mdi.mdiEvStation, GREEN],
  [/bicycle|bike|cycle/, "bicycle", mdi.mdiBicycle, BLUE],
  [/parking|garage/, "parking", mdi.mdiParking, BLUE],
  [/bus|shuttle|transit|platform/, "bus", mdi.mdiBus, BLUE],
  [/metro|subway|train|rail/, "train", mdi.mdiTrain, BLUE],
  [/taxi|ride/, "taxi", mdi.mdiTaxi, BLUE],
  [/vending/, "vending", mdi.mdiCupOutline, ORANGE],
  [/cafe|coffee/, "cafe", mdi.mdiCoffee, ORANGE],
  [/foodservice|restaurant|canteen|food|eat/, "food", mdi.mdiSilverwareForkKnife, ORANGE],
  [/drink|water_?fountain/, "water", mdi.mdiWaterOutline, BLUE],
  [/shop|store|retail|market|convenience|salon|florist|optician|bakery|laundry/, "shop", mdi.mdiShoppingOutline, ORANGE],
  [/gym|fitness|sport/, "gym", mdi.mdiDumbbell, GREEN],
  [/library|book/, "library", mdi.mdiBookOpenPageVariant, VIOLET],
  [/hotel|lodging|apartment/, "hotel", mdi.mdiBed, VIOLET],
  [/nursery|kindergarten|preschool|baby|mother/, "nursery", mdi.mdiBabyFaceOutline, ORANGE],
  [/information|reception|infodesk|helpdesk/, "information", mdi.mdiInformationVariant, BLUE],
  [/security|police|guard/, "security", mdi.mdiShieldAccount, BLUE],
  [/printer|copy/, "printer", mdi.mdiPrinter, GREY],
  [/post|mail|parcel|locker/, "parcel", mdi.mdiPackageVariant, GREY],
  [/smoking/, "smoking", mdi.mdiSmoking, GREY],
  [/bench|seat/, "bench", mdi.mdiBenchBack, GREY],
  [/gate|barrier|entrance/, "gate", mdi.mdiGate, GREEN],
  [/playground/, "playground", mdi.mdiSeesaw, GREEN],
  [/viewpoint|lookout/, "viewpoint", mdi.mdiBinoculars, GREEN],
  [/lostandfound|luggage|baggage/, "luggage", mdi.mdiBagSuitcase, GREY],
  [/garden|tree|park/, "tree", mdi.mdiTree, GREEN],
  [/conference|meeting|auditorium|lecture/, "meeting", mdi.mdiPresentation, BLUE],
  [/telephone|phone/, "phone", mdi.mdiPhone, GREY],
  [/waste|recycl/, "waste", mdi.mdiRecycle, GREY],
  [/prayer|worship/, "prayer", mdi.mdiHandsPray, GREY],
];

/** The picture of a category, or null where words must do. */
export function pictogramOf(category: string | null | undefined): Pictogram | null {
  const value = (category ?? "").toLowerCase();
  const row = value ? table.find(([pattern]) => pattern.test(value)) : undefined;
  return row ? { name: row[1], path: row[2], colour: row[3] } : null;
}

/** Every picture once, by name. */
export const pictograms: readonly Pictogram[] = [
  ...new Map(table.map(([, name, path, colour]) => [name, { name, path, colour }])).values(),
  { name: "place", path: mdi.mdiCircleMedium, colour: GREY },
  { name: "closed", path: mdi.mdiCancel, colour: "#d63b3b" },
];

const byName = new Map(pictograms.map((pictogram) => [pictogram.name, pictogram]));

/** The picture of that name, if there is one. */
export const pictogramNamed = (name: string): Pictogram | undefined => byName.get(name);

export const PIXEL_RATIO = 2;
const SIZE = 22;

/** Draw a pictogram: a white glyph on a coloured round, with a thin ring in the map's halo colour. */
export function drawPictogram(pictogram: Pictogram, theme: Theme): ImageData {
  const side = SIZE * PIXEL_RATIO;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.fillStyle = paletteOf(theme).halo;
  circle(context, side / 2, side / 2);
  context.fillStyle = pictogram.colour;
  circle(context, side / 2, side / 2 - PIXEL_RATIO);
  const scale = (side * 0.62) / 24;
  context.translate(side * 0.19, side * 0.19);
  context.scale(scale, scale);
  context.fillStyle = "#fff";
  context.fill(new Path2D(pictogram.path));
  return context.getImageData(0, 0, side, side);
}

function circle(context: CanvasRenderingContext2D, centre: number, radius: number): void {
  context.beginPath();
  context.arc(centre, centre, radius, 0, 2 * Math.PI);
  context.fill();
}
