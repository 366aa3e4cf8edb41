import { computed, reactive, ref, shallowRef, watch } from "vue";
import { useRoute, useRouter } from "vue-router";
import { useSession } from "@/accounts/session";
import { useCampuses } from "@/campus/campuses";
import * as client from "@/client/energy";
import { asProblem } from "@/client/http";
import type { Problem } from "@/client/model";
import { bucketOf, dateIn, earlier, type Length, type Span, spanOf } from "./spans";

export const MEDIA: readonly client.Medium[] = ["electricity", "water", "gas", "heat", "pv"];
const LENGTHS: readonly Length[] = ["day", "week", "month"];

/** All that the page of energy shows, asked for anew when place, medium or span change; the address holds them. */
export function useEnergy() {
  const route = useRoute();
  const router = useRouter();
  const campuses = useCampuses();
  const session = useSession();
  const own = route.path;
  const zone = computed(() => campuses.current?.time_zone ?? "UTC");
  const given = (name: string): string => String(route.query[name] ?? "");
  const asked = reactive({
    place: given("place"),
    medium: MEDIA.find((m) => m === given("medium")) ?? "electricity",
    length: LENGTHS.find((l) => l === given("length")) ?? "day",
    date: /^\d{4}-\d\d-\d\d$/.test(given("date")) ? given("date") : "",
  }) as { place: string; medium: client.Medium; length: Length; date: string };
  const date = computed(() => asked.date || dateIn(new Date(), zone.value));
  const perM2 = ref(false);
  const loading = ref(true);
  /** Whether more is to come after the first figures and the curve. */
  const filling = ref(true);
  const problem = shallowRef<Problem | null>(null);
  const summary = shallowRef<client.EnergySummary | null>(null);
  const today = shallowRef<client.EnergySummary | null>(null);
  const month = shallowRef<client.EnergySummary | null>(null);
  const curve = shallowRef<client.EnergyCurve | null>(null);
  const others = shallowRef<Record<string, client.EnergyCurve>>({});
  const expected = shallowRef<client.EnergyExpected | null>(null);
  const forecast = shallowRef<client.EnergyForecast | null>(null);
  const flows = shallowRef<client.EnergyFlows | null>(null);
  const calendar = shallowRef<client.EnergyCalendar | null>(null);
  const ranking = shallowRef<client.EnergyRanking | null>(null);
  const cost = shallowRef<client.EnergyCost | null>(null);
  let turn = 0;

  async function load(): Promise<void> {
    const campus = campuses.id;
    if (!campus) return;
    const mine = ++turn;
    loading.value = filling.value = true;
    problem.value = null;
    const ask = (span: Span): client.Question => ({ campus, place: asked.place || undefined, medium: asked.medium, ...span });
    const span = spanOf(date.value, asked.length, zone.value);
    const now = dateIn(new Date(), zone.value);
    const every = bucketOf(asked.length);
    const keep = <T>(box: { value: T }, answer: Promise<T>): Promise<void> => answer.then((found) => void (mine === turn && (box.value = found)));
    const past = Object.entries(earlier(date.value, asked.length, zone.value));
    const weeks = asked.length === "day" ? spanOf(date.value, "week", zone.value) : span;
    expected.value = null;
    cost.value = null;
    try {
      await Promise.all([keep(summary, client.getSummary(ask(span))), keep(curve, client.getCurve(ask(span), every))]);
      if (mine === turn) loading.value = false;
      await Promise.all([
        keep(others, Promise.all(past.map(async ([key, one]) => [key, await client.getCurve(ask(one), every)] as const)).then((found) => Object.fromEntries(found))),
        keep(today, client.getSummary(ask(spanOf(now, "day", zone.value)))),
        keep(month, client.getSummary(ask(spanOf(now, "month", zone.value)))),
        keep(forecast, client.getForecast(ask(span))),
        keep(flows, client.getFlows(ask(span))),
        keep(calendar, client.getCalendar(ask(weeks))),
        keep(ranking, client.getRanking(ask(span), perM2.value)),
        session.may("see_reports") ? keep(cost, client.getCost(ask(span))) : null,
      ]);
      if (asked.length === "day") await keep(expected, client.getExpected(ask(span)));
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error);
    } finally {
      if (mine === turn) loading.value = filling.value = false;
    }
  }

  watch([() => campuses.id, () => ({ ...asked }), perM2], () => void load(), { immediate: true });
  watch(() => campuses.id, (_, before) => before && (asked.place = ""));
  watch(asked, () => {
    const { place, medium, length, date: on } = asked;
    if (route.path === own) void router.replace({ path: own, query: { ...(place && { place }), medium, length, ...(on && { date: on }) } });
  });
  return { asked, date, zone, perM2, loading, filling, problem, summary, today, month, curve, others, expected, forecast, flows, calendar, ranking, cost, load };
}
