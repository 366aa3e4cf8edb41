import { computed, onBeforeUnmount, ref, shallowRef, watch, type Ref } from "vue";
import { asProblem } from "@/client/http";
import type { Problem } from "@/client/model";
import { openStream } from "@/client/stream";
import { getTwin, getTwinHistory, liveTwinUrl, type TwinAlarm, type TwinHistory, type TwinState } from "@/client/twin";
import { backMs, type Compare, everyOf, nextFrame, type Span, spanOf } from "./span";
import { differenceStops, type LayerKey, layers } from "./scales";
import { difference, merged, type Numbers, numbersAt, numbersOf, type Places, placesOf } from "./values";

const FRAME_MS = 350;
const BEFORE_AGES_MS = 300_000;
export type LiveState = "off" | "on" | "broken";
export type Twin = ReturnType<typeof useTwin>;

/** The twin of the floor that is shown: live, or at a time of the slider, and compared with a time before. */
export function useTwin(campus: Ref<string | null>, ordinal: Ref<number | null>, layer: Ref<LayerKey | null>, alarmed: Ref<boolean>) {
  const places = shallowRef<Places>(new Map());
  const alarms = shallowRef<TwinAlarm[]>([]);
  const at = ref<string | null>(null);
  const live = ref<LiveState>("off");
  const problem = shallowRef<Problem | null>(null);
  const loading = ref(false);
  const span = ref<Span | null>(null);
  const frame = ref(0);
  const playing = ref(false);
  const compare = ref<Compare>("none");
  /** Both times on maps of their own, instead of their difference on one. */
  const beside = ref(false);
  const histories = shallowRef<TwinHistory[]>([]);
  const earlier = shallowRef<TwinHistory[]>([]);
  const before = shallowRef<Places>(new Map());
  let beforeAt = 0;
  let close: (() => void) | null = null;
  let asked = 0;

  function stop(): void {
    close?.();
    close = null;
    live.value = "off";
  }
  function follow(): void {
    stop();
    places.value = new Map();
    if (!campus.value || (!layer.value && !alarmed.value)) return;
    close = openStream<TwinState>(liveTwinUrl(campus.value, ordinal.value), ["snapshot", "delta"], {
      onEvent(state, name) {
        live.value = "on";
        places.value = name === "snapshot" ? placesOf(state) : merged(places.value, state);
        alarms.value = state.alarms ?? [];
        at.value = state.at;
      },
      onBroken: (refused) => (live.value = refused ? "off" : "broken"),
    });
  }

  async function guarded(work: (mine: number) => Promise<void>): Promise<void> {
    const mine = ++asked;
    loading.value = true;
    problem.value = null;
    try {
      await work(mine);
    } catch (error) {
      if (mine === asked) problem.value = asProblem(error);
    } finally {
      if (mine === asked) loading.value = false;
    }
  }
  async function load(): Promise<void> {
    const [id, key, length] = [campus.value, layer.value, span.value];
    playing.value = false;
    if (!id || !key || !length) {
      histories.value = [];
      return loadBefore();
    }
    await guarded(async (mine) => {
      const now = Date.now();
      const ask = (moved: Compare): Promise<TwinHistory[]> =>
        Promise.all(layers[key].quantities.map((quantity) => getTwinHistory(id, { quantity, ...spanOf(length, now, moved), every: everyOf[length], level: ordinal.value })));
      const [main, past] = await Promise.all([ask("none"), compare.value === "none" ? [] : ask(compare.value)]);
      if (mine !== asked) return;
      histories.value = main;
      earlier.value = past;
      frame.value = Math.max((main[0]?.times.length ?? 1) - 1, 0);
    });
  }
  /** What it was like when live values are compared with. */
  async function loadBefore(): Promise<void> {
    const id = campus.value;
    if (!id || !layer.value || span.value || compare.value === "none") return;
    beforeAt = Date.now();
    await guarded(async (mine) => {
      const state = await getTwin(id, new Date(beforeAt - backMs[compare.value]).toISOString(), ordinal.value);
      if (mine === asked) before.value = placesOf(state);
    });
  }

  watch([campus, ordinal, () => layer.value !== null || alarmed.value], follow, { immediate: true });
  watch([campus, ordinal, layer, span, compare], load, { immediate: true });
  watch(at, () => !span.value && compare.value !== "none" && Date.now() - beforeAt > BEFORE_AGES_MS && void loadBefore());

  const film = setInterval(() => {
    if (playing.value) frame.value = nextFrame(frame.value, histories.value[0]?.times.length ?? 0);
  }, FRAME_MS);
  onBeforeUnmount(() => {
    stop();
    clearInterval(film);
  });

  const times = computed(() => histories.value[0]?.times ?? []);
  const moment = computed(() => (span.value ? (times.value[frame.value] ?? null) : at.value));
  const numbersIn = (frames: TwinHistory[], still: Places): Numbers => {
    if (!layer.value) return new Map();
    return span.value ? numbersAt(frames, frame.value, layer.value) : numbersOf(still, layer.value);
  };
  const past = computed(() => numbersIn(earlier.value, before.value));
  const signed = computed(() => compare.value !== "none" && !beside.value);
  const numbers = computed<Numbers>(() => {
    const now = numbersIn(histories.value, places.value);
    return signed.value ? difference(now, past.value) : now;
  });
  const scale = computed(() => (layer.value ? (signed.value ? differenceStops(layer.value) : layers[layer.value].stops) : []));
  return { places, alarms, live, problem, loading, span, frame, playing, compare, beside, signed, past, times, moment, numbers, scale, reload: load };
}
