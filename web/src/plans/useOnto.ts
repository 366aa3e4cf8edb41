import { ref, shallowRef, type Ref, type ShallowRef } from "vue";

export interface Onto<T> {
  held: Ref<string | null>;
  over: ShallowRef<T | null>;
  grab(event: PointerEvent, item: string): void;
  drag(event: PointerEvent): void;
  release(event: PointerEvent): void;
  cancel(): void;
  /** Whether the press that ends now was a drag: then it chooses nothing. */
  dragged(): boolean;
}
interface Asked<T> {
  fixed(): boolean;
  /** What is under the pointer, that something may be dropped on. */
  under(elements: readonly HTMLElement[], held: string): T | null;
  look(at: T | null, held: string): void;
  drop(at: T, held: string): void;
}
const NEAR_PX = 5;

/** Things that are dragged onto others: told while they are over one, and when they are dropped there. */
export function useOnto<T>(asked: Asked<T>): Onto<T> {
  const held = ref<string | null>(null);
  const over = shallowRef<T | null>(null);
  let pressed: { item: string; x: number; y: number; moved: boolean } | null = null;
  let justDragged = false;

  const under = (event: PointerEvent, item: string): T | null => asked.under(document.elementsFromPoint(event.clientX, event.clientY) as HTMLElement[], item);
  function grab(event: PointerEvent, item: string): void {
    if (asked.fixed()) return;
    pressed = { item, x: event.clientX, y: event.clientY, moved: false };
    justDragged = false;
  }
  function drag(event: PointerEvent): void {
    if (!pressed) return;
    if (!pressed.moved && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < NEAR_PX) return;
    pressed.moved = true;
    held.value = pressed.item;
    const at = under(event, pressed.item);
    if (JSON.stringify(at) === JSON.stringify(over.value)) return;
    over.value = at;
    asked.look(at, pressed.item);
  }
  function release(event: PointerEvent): void {
    const was = pressed;
    pressed = null;
    if (!was?.moved) return;
    justDragged = true;
    const at = under(event, was.item);
    held.value = over.value = null;
    if (at) asked.drop(at, was.item);
    else asked.look(null, was.item);
  }
  function cancel(): void {
    const was = pressed;
    pressed = null;
    if (!was?.moved) return;
    held.value = over.value = null;
    asked.look(null, was.item);
  }
  function dragged(): boolean {
    const was = justDragged;
    justDragged = false;
    return was;
  }
  return { held, over, grab, drag, release, cancel, dragged };
}
