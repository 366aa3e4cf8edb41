import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { useSession } from "@/accounts/session";
import type { Right } from "@/client/model";

declare module "vue-router" {
  interface RouteMeta {
    /** i18n key of the page's name, shown on its tab. */
    title: string;
    icon?: string;
    right?: Right;
    /** Pages without the shell: sign-in. */
    bare?: boolean;
    /** Is about a campus: without one there is nothing to show or wait for. */
    campus?: boolean;
    /** Fills the screen without padding. */
    full?: boolean;
  }
}

export const pages: RouteRecordRaw[] = [
  { path: "/", redirect: "/map" },
  {
    path: "/map",
    name: "map",
    component: () => import("@/campus/LiveMapPage.vue"),
    meta: { title: "nav.map", right: "see_place", full: true },
  },
  {
    path: "/go",
    name: "go",
    component: () => import("@/routing/GuidancePage.vue"),
    meta: { title: "nav.go", right: "ask_way", full: true },
  },
  {
    path: "/ask",
    name: "ask",
    component: () => import("@/assistant/AssistantPage.vue"),
    meta: { title: "nav.ask", right: "ask_assistant", full: true },
  },
  {
    path: "/energy",
    name: "energy",
    component: () => import("@/energy/EnergyPage.vue"),
    meta: { title: "nav.energy", campus: true, right: "see_readings" },
  },
  {
    path: "/tariffs",
    name: "tariffs",
    component: () => import("@/energy/TariffsPage.vue"),
    meta: { title: "nav.tariffs", campus: true, right: "see_reports" },
  },
  {
    path: "/campuses",
    name: "campuses",
    component: () => import("@/campus/CampusesPage.vue"),
    meta: { title: "nav.campuses", right: "see_reports" },
  },
  {
    path: "/campuses/:campus",
    name: "campus",
    component: () => import("@/campus/CampusPage.vue"),
    props: true,
    meta: { title: "nav.campus", right: "see_reports" },
  },
  {
    path: "/anomalies",
    name: "anomalies",
    component: () => import("@/anomalies/AnomaliesPage.vue"),
    meta: { title: "nav.anomalies", campus: true, right: "see_reports" },
  },
  {
    path: "/people",
    name: "people",
    component: () => import("@/places/PlacesPage.vue"),
    props: { area: "people" },
    meta: { title: "nav.people", campus: true, right: "see_readings" },
  },
  {
    path: "/air",
    name: "air",
    component: () => import("@/places/PlacesPage.vue"),
    props: { area: "air" },
    meta: { title: "nav.air", campus: true, right: "see_readings" },
  },
  {
    path: "/screen",
    name: "screen",
    component: () => import("@/screen/ScreenPage.vue"),
    meta: { title: "nav.screen", right: "see_readings", bare: true },
  },
  {
    path: "/devices",
    name: "devices",
    component: () => import("@/devices/DevicesPage.vue"),
    meta: { title: "nav.devices", campus: true, right: "see_readings" },
  },
  {
    path: "/reservations",
    name: "reservations",
    component: () => import("@/reservations/ReservationsPage.vue"),
    meta: { title: "nav.reservations", campus: true, right: "book_spaces" },
  },
  {
    path: "/plans",
    name: "plans",
    component: () => import("@/plans/PlansPage.vue"),
    meta: { title: "nav.plans", campus: true, right: "make_plans" },
  },
  {
    path: "/plans/compare",
    name: "plan-compare",
    component: () => import("@/plans/ComparePage.vue"),
    meta: { title: "nav.planCompare", right: "make_plans" },
  },
  {
    path: "/plans/:id",
    name: "plan",
    component: () => import("@/plans/PlanPage.vue"),
    props: true,
    meta: { title: "nav.plan", right: "make_plans" },
  },
  {
    path: "/reports",
    name: "reports",
    component: () => import("@/reports/ReportsPage.vue"),
    meta: { title: "nav.reports", campus: true, right: "see_reports" },
  },
  {
    path: "/feedback",
    name: "feedback",
    component: () => import("@/feedback/FeedbackPage.vue"),
    meta: { title: "nav.feedback", right: "review_feedback" },
  },
  {
    path: "/models",
    name: "models",
    component: () => import("@/models/ModelsPage.vue"),
    meta: { title: "nav.models", right: "see_reports" },
  },
  {
    path: "/models/:name/:version",
    name: "model",
    component: () => import("@/models/VersionPage.vue"),
    props: true,
    meta: { title: "nav.model", right: "see_reports" },
  },
  {
    path: "/datasets",
    name: "datasets",
    component: () => import("@/labelling/DatasetsPage.vue"),
    meta: { title: "nav.datasets", right: "review_feedback" },
  },
  {
    path: "/datasets/:id",
    name: "dataset",
    component: () => import("@/labelling/DatasetPage.vue"),
    props: true,
    meta: { title: "nav.dataset", right: "review_feedback" },
  },
  {
    path: "/datasets/:id/label",
    name: "labelling",
    component: () => import("@/labelling/LabelPage.vue"),
    props: true,
    meta: { title: "nav.labelling", right: "review_feedback" },
  },
  {
    path: "/runs",
    name: "runs",
    component: () => import("@/runs/RunsPage.vue"),
    meta: { title: "nav.runs", right: "see_reports" },
  },
  {
    path: "/points",
    name: "points",
    component: () => import("@/telemetry/PointsPage.vue"),
    meta: { title: "nav.points", right: "see_readings" },
  },
  {
    path: "/points/:id",
    name: "point",
    component: () => import("@/telemetry/PointPage.vue"),
    props: true,
    meta: { title: "nav.point", right: "see_readings" },
  },
  {
    path: "/quality",
    name: "quality",
    component: () => import("@/telemetry/QualityPage.vue"),
    meta: { title: "nav.quality", right: "see_reports" },
  },
  {
    path: "/intervals",
    name: "intervals",
    component: () => import("@/telemetry/IntervalsPage.vue"),
    meta: { title: "nav.intervals", right: "review_feedback" },
  },
  {
    path: "/intervals/:id",
    name: "interval-set",
    component: () => import("@/telemetry/IntervalSetPage.vue"),
    props: true,
    meta: { title: "nav.intervalSet", right: "review_feedback" },
  },
  {
    path: "/intervals/:id/label",
    name: "interval-label",
    component: () => import("@/telemetry/IntervalLabelPage.vue"),
    props: true,
    meta: { title: "nav.intervalLabel", right: "review_feedback" },
  },
  {
    path: "/users",
    name: "users",
    component: () => import("@/accounts/UsersPage.vue"),
    meta: { title: "nav.users", right: "manage_users" },
  },
  {
    path: "/account",
    name: "account",
    component: () => import("@/accounts/AccountPage.vue"),
    meta: { title: "nav.account", right: "own_account" },
  },
  {
    path: "/about",
    name: "about",
    component: () => import("@/about/AboutPage.vue"),
    meta: { title: "nav.about" },
  },
  {
    path: "/sign-in",
    name: "sign-in",
    component: () => import("@/accounts/SignInPage.vue"),
    meta: { title: "nav.signIn", bare: true },
  },
  {
    path: "/:rest(.*)*",
    name: "missing",
    component: () => import("@/shell/MissingPage.vue"),
    meta: { title: "nav.missing" },
  },
];

export const router = createRouter({ history: createWebHistory(), routes: pages });

router.beforeEach(async (to) => {
  const session = useSession();
  if (!session.known) await session.load();
  const right = to.meta.right;
  if (!right || session.may(right)) return true;
  return { name: "sign-in", query: { back: to.fullPath } };
});
