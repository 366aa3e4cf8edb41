/**
 * The first thing a browser runs. What most people come for is the map: its code and its data are fetched beside the
 * console's own code, not after it.
 */
import { askAhead } from "./client/http";

const page = window.location.pathname;

askAhead("/v1/session");
askAhead("/v1/campuses");
void import("./start");
if (["/", "/map"].includes(page)) void import("./campus/LiveMapPage.vue");
if (["/", "/map", "/go"].includes(page)) void import("./campus/CampusMap.vue");
