import type { Right } from "@/client/model";
import {
  iconAbout,
  iconAnomalies,
  iconAir,
  iconAsk,
  iconData,
  iconDevices,
  iconDirections,
  iconEnergy,
  iconFeedback,
  iconLabels,
  iconMap,
  iconModel,
  iconPeople,
  iconPlan,
  iconReport,
  iconReservations,
  iconRuns,
  iconScreen,
  iconUsers,
  iconPoints,
  iconQuality,
  iconIntervals,
} from "./icons";

export interface MenuEntry {
  path: string;
  title: string;
  icon: string;
  right?: Right;
}

export const menu: readonly MenuEntry[] = [
  { path: "/map", title: "nav.map", icon: iconMap, right: "see_place" },
  { path: "/go", title: "nav.go", icon: iconDirections, right: "ask_way" },
  { path: "/ask", title: "nav.ask", icon: iconAsk, right: "ask_assistant" },
  { path: "/energy", title: "nav.energy", icon: iconEnergy, right: "see_readings" },
  { path: "/people", title: "nav.people", icon: iconPeople, right: "see_readings" },
  { path: "/air", title: "nav.air", icon: iconAir, right: "see_readings" },
  { path: "/devices", title: "nav.devices", icon: iconDevices, right: "see_readings" },
  { path: "/anomalies", title: "nav.anomalies", icon: iconAnomalies, right: "see_reports" },
  { path: "/reservations", title: "nav.reservations", icon: iconReservations, right: "book_spaces" },
  { path: "/plans", title: "nav.plans", icon: iconPlan, right: "make_plans" },
  { path: "/points", title: "nav.points", icon: iconPoints, right: "see_readings" },
  { path: "/quality", title: "nav.quality", icon: iconQuality, right: "see_reports" },
  { path: "/reports", title: "nav.reports", icon: iconReport, right: "see_reports" },
  { path: "/screen", title: "nav.screen", icon: iconScreen, right: "see_readings" },
  { path: "/intervals", title: "nav.intervals", icon: iconIntervals, right: "review_feedback" },
  { path: "/datasets", title: "nav.datasets", icon: iconLabels, right: "review_feedback" },
  { path: "/feedback", title: "nav.feedback", icon: iconFeedback, right: "review_feedback" },
  { path: "/runs", title: "nav.runs", icon: iconRuns, right: "see_reports" },
  { path: "/models", title: "nav.models", icon: iconModel, right: "see_reports" },
  { path: "/campuses", title: "nav.campuses", icon: iconData, right: "see_reports" },
  { path: "/users", title: "nav.users", icon: iconUsers, right: "manage_users" },
  { path: "/about", title: "nav.about", icon: iconAbout },
];
