/** The picture of an instruction, by its manoeuvre or mode. */
import * as mdi from "@mdi/js";

const pictures: Readonly<Record<string, string>> = {
  depart: mdi.mdiCircleSlice8,
  arrive: mdi.mdiFlagCheckered,
  via: mdi.mdiMapMarkerCheckOutline,
  left: mdi.mdiArrowLeftTop,
  right: mdi.mdiArrowRightTop,
  slight_left: mdi.mdiArrowTopLeft,
  slight_right: mdi.mdiArrowTopRight,
  sharp_left: mdi.mdiArrowLeftBottom,
  sharp_right: mdi.mdiArrowRightBottom,
  uturn: mdi.mdiArrowUDownLeft,
  straight: mdi.mdiArrowUp,
  enter: mdi.mdiLocationEnter,
  exit: mdi.mdiLocationExit,
  leave: mdi.mdiLocationExit,
  door: mdi.mdiDoorOpen,
  elevator: mdi.mdiElevatorPassenger,
  escalator: mdi.mdiEscalator,
  stairs: mdi.mdiStairs,
  ramp: mdi.mdiSlopeUphill,
  gate: mdi.mdiGate,
  walk: mdi.mdiWalk,
  wheelchair: mdi.mdiWheelchairAccessibility,
  stroller: mdi.mdiBabyCarriage,
  bike: mdi.mdiBike,
  staff: mdi.mdiBadgeAccountOutline,
  evacuation: mdi.mdiExitRun,
};

/** An exact match, else one that the word contains (`stairs_up`), else straight on. */
export function pictureOf(word: string): string {
  const found = pictures[word] ?? Object.entries(pictures).find(([name]) => word.includes(name))?.[1];
  return found ?? mdi.mdiArrowUp;
}
