import { describe, expect, it } from "vitest";
import type { Row, TourWalk } from "@/client/plans";
import { deviceTicks, sayCell, slotTicks } from "./cells";
import { clockOf, clockTicks, daysLater, secondsOf, spanOf } from "./clock";
import { figureRows, toldOf, widthOf } from "./comparing";
import { curvesOption, panelsOf } from "./curves";
import { deviceBars, deviceLanes, heldIn, seriesOf, storageBars, tempsOf, withRun, type DeviceTables } from "./devices";
import { type FlowTables, loadsOf, movedOf } from "./flowOptions";
import { movesOf, toggled } from "./edits";
import { handGrid, isUntimed, LEFT_OUT, rowBars, swapped, withBar, withStop, withValue } from "./byHand";
import { layoutGrid } from "./grids";
import { binsOf, siteFeatures, sumsOf, worstOf } from "./siteOptions";
import { tourLines, tourStops } from "./tourMap";
import { dragged, textOfRuns, ticksOf } from "./lanes";
import { daysOf, drawnPeriods, movedEvents, roomBars, roomLanes } from "./rooms";
import { heatOption, movesBetween } from "./spaceOptions";
import { byFloor, seated, stackOf } from "./stack";
import { legsOf, tourBars, toursOf } from "./tours";

const palette = { ink: "#000", soft: "#333", line: "#ccc", panel: "#fff" };

describe("a plan that is changed by hand", () => {
  const before = [{ name: "a", room: "1", floor: "1" }, { name: "b", room: "2", floor: "1" }];
  const rooms = [{ name: "1", capacity_m2: 10, floor: "1" }, { name: "2", capacity_m2: 10, floor: "1" }, { name: "3", capacity_m2: 10, floor: "2" }];
  it("sends only what differs", () => {
    expect(movesOf(before, before)).toEqual([]);
    expect(movesOf(before, seated(before, rooms, "a", "3"))).toEqual([{ item: "a", to: { room: "3", building: "", floor: "2" } }]);
  });
  it("swaps two teams", () => expect(seated(before, rooms, "a", "2", "b").map((row) => row.room)).toEqual(["2", "1"]));
  it("locks and unlocks", () => expect([toggled(["a"], "a"), toggled([], "a")]).toEqual([[], ["a"]]));
});

describe("a stack plan", () => {
  const rooms = [{ name: "r", capacity_m2: 10, building: "A", floor: "1" }, { name: "s", capacity_m2: 20, building: "A", floor: "2" }, { name: "t", capacity_m2: 5, building: "A", floor: "B1" }];
  const teams = [{ name: "x", need_m2: 8, headcount: 3, room: "s" }, { name: "y", need_m2: 4, headcount: 2, room: "r" }];
  const period = { name: "q1", needs_m2: { y: 6 }, headcounts: {} };
  it("has floors from the top down, with what is over", () => {
    const stack = stackOf(rooms, teams, [{ name: "x@q1", room: "r", period: "q1" }, { name: "y@q1", room: "r", period: "q1" }, { name: "y@q2", room: "s", period: "q2" }], period);
    expect(stack.map((storey) => storey.floor)).toEqual(["2", "1", "B1"]);
    expect(stack[1]).toMatchObject({ used_m2: 14, people: 5 });
    expect(stack[1]!.bays[0]).toMatchObject({ over_m2: 4, blocks: [{ item: "x@q1", moved: true }, { item: "y@q1", moved: false }] });
  });
  it("knows basements", () => expect(["1", "B2", "10", "B1"].sort(byFloor)).toEqual(["B2", "B1", "1", "10"]));
  it("has moves between floors", () => {
    const move = { period: "", entity: "x", need_m2: 8, people: 3 };
    const links = movesBetween([{ ...move, origin: "s", destination: "r" }, { ...move, origin: null, destination: "r" }], new Map(rooms.map((room) => [room.name, room.floor])), "new");
    expect(links).toEqual([{ source: "2", target: "1", people: 3 }, { source: "new", target: "1", people: 3 }]);
  });
  it("has a heat map with today", () => {
    const use = { period: "", building: "A", floor: "1", capacity_m2: 10, used_m2: 5, people: 2, share: 0.5, energy_kwh: 0 };
    const option = heatOption({ before: [use], after: [{ ...use, share: 1.2, energy_kwh: 0 }], moves: [], charges: [] }, { today: "T", plan: "P" }, palette) as { series: { data: number[][] }[] };
    expect(option.series[0]!.data).toEqual([[0, 0, 50], [1, 0, 120]]);
  });
});

describe("bars on lanes", () => {
  it("are dragged within the axis, and never vanish", () => {
    expect(dragged({ start: 2, end: 5 }, 9, "move", [0, 10])).toEqual({ start: 7, end: 10 });
    expect(dragged({ start: 2, end: 5 }, 9, "start", [0, 10])).toEqual({ start: 4, end: 5 });
    expect(dragged({ start: 2, end: 5 }, -9, "end", [0, 10])).toEqual({ start: 2, end: 3 });
  });
  it("have round ticks", () => expect(ticksOf(0, 24, 12)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24]));
  it("merge where they meet", () => expect(textOfRuns([[4, 6], [0, 2], [2, 3]])).toBe("0-2 4-5"));
});

describe("devices", () => {
  const tables: DeviceTables = { slots: 4, slot_h: 1, price: [1, 1, 2, 2], limit_kw: [9, 9, 9, 9], base_kw: [1, 1, 1, 1], zones: [{ name: "z", demand: [0, 2, 2, 0] }], devices: [{ name: "fan", power_kw: 3, zone: "z", service: 2 }, { name: "car", power_kw: 7 }], storages: [{ name: "ice", zone: "z" }] };
  const rows = [{ device: "fan", on: "1-2" }, { device: "car", on: "" }, { device: "ice", on: "", flows: "2.0 0.0 0.0 -1.0" }];
  it("are bars on lanes by zone", () => {
    expect(deviceLanes(tables).map((lane) => [lane.key, lane.group])).toEqual([["ice", ""], ["fan", "z"], ["car", ""]]);
    const cars = { ...tables, devices: [...tables.devices, { name: "pump", power_kw: 1 }, { name: "van", power_kw: 7, task: { first: 0, last: 3, slots: 2 } }] };
    expect(deviceLanes(cars, [], { stored: "s", cars: "c", others: "o" }).map((lane) => [lane.key, lane.group])).toEqual([["ice", "s"], ["fan", "z"], ["van", "c"], ["car", "o"], ["pump", "o"]]);
    expect(deviceLanes(tables, [{ device: "car", on: "1-2" }]).map((lane) => lane.key)).toEqual(["ice", "car", "fan"]);
    expect(deviceBars(tables, rows, ["fan"])).toMatchObject([{ key: "fan#0", start: 1, end: 3, locked: true }]);
  });
  it("take and give", () => expect(seriesOf(tables, rows)).toEqual({ kw: [3, 4, 4, 1], served: [{ zone: "z", demand: [0, 2, 2, 0], given: [0, 2, 2, 1] }] }));
  it("are switched and moved", () => {
    expect(withRun(rows, { key: "fan#0", lane: "fan" }, { start: 2, end: 4 })[0]!.on).toBe("2-3");
    expect(withRun(rows, { key: "fan#0", lane: "fan" }, null)[0]!.on).toBe("");
    expect(withRun(rows, { key: null, lane: "fan" }, { start: 3, end: 4 })[0]!.on).toBe("1-3");
  });
  it("are drawn against cap and demand", () => {
    const panels = panelsOf(tables, rows, null, (key) => key);
    const option = curvesOption(panels, 4, 100, (slot) => `${slot}:00`, palette) as { series: { name: string }[]; tooltip: { formatter: (points: unknown[]) => string } };
    expect(option.tooltip.formatter([{ marker: "", seriesName: "a<b", value: [2, 1.234] }])).toBe("2:00<br>a&lt;b 1.23");
    expect(option.series.map((one) => one.name)).toEqual(["price", "power", "cap", "demand", "served"]);
  });
  const air = { temp_c: 20, outdoor_c: [30, 30], gains_kw: [0, 0], resistance_c_per_kw: 2, capacity_kwh_per_c: 1 / (2 * Math.LN2), low_c: [-50, 22], high_c: [80, 26] };
  const kept: DeviceTables = { slots: 2, slot_h: 1, price: [1, 1], solar_kw: [0, 2], zones: [{ name: "z", demand: [0, 0], limit_kw: [5, 5], climate: air }, { name: "y", demand: [1, 1] }], devices: [{ name: "ac", power_kw: 1, zone: "z", heat_kw: -5 }, { name: "car", power_kw: 7, task: { first: 0, last: 1, slots: 1 } }], storages: [{ name: "b", capacity: 8, content: 4, charge_efficiency: 0.5, discharge_efficiency: 1 }] };
  const now = [{ device: "ac", on: "1-1" }, { device: "car", on: "0-0" }, { device: "b", on: "", flows: "2.0 -3.0" }];
  it("keep warmth and power: half of the way to what settles in an hour", () => {
    expect(tempsOf(kept, kept.zones![0]!, now)).toEqual([expect.closeTo(25), expect.closeTo(22.5)]);
    expect(heldIn(kept, kept.storages![0]!, now)).toEqual([5, 2]);
    expect(storageBars(kept, now).map((bar) => [bar.start, bar.end, bar.label, bar.kind])).toEqual([[0, 1, "+2.0", "plain"], [1, 2, "−3.0", "hatched"]]);
    expect(deviceBars(kept, now, []).filter((bar) => bar.lane === "car").map((bar) => [bar.start, bar.end, bar.kind])).toEqual([[0, 2, "soft"], [0, 1, undefined]]);
  });
  it("are drawn together, or of one zone", () => {
    const named = (zone: string | null): string[][] => panelsOf(kept, now, zone, (key) => key).map((panel) => panel.curves.map((curve) => curve.name));
    expect(named(null)).toEqual([["price"], ["power", "solar"], ["demand", "served"], ["b"], ["z", "least", "most", "outdoor"]]);
    expect(named("z")).toEqual([["price"], ["power", "cap"], ["demand", "served"], ["warmth", "least", "most", "outdoor"]]);
  });
});

describe("rooms and rounds", () => {
  it("are drawn around what is on, of a day of quarters of an hour", () => {
    const rows = [{ event: "a", start: 36, length: 4 }, { event: "b", start: null }];
    expect(drawnPeriods({ periods: 96, period_min: 15, rooms: [], events: [] }, rows)).toEqual([32, 44]);
    expect(drawnPeriods({ periods: 8, rooms: [], events: [] }, rows)).toEqual([0, 8]);
    expect(slotTicks(900, secondsOf("07:30"))(0, 46, 6)).toEqual([2, 10, 18, 26, 34, 42]);
    expect(slotTicks(900)(32, 44, 5)).toEqual([32, 36, 40, 44]);
    expect(deviceTicks({ slot_h: 0.25, begins_at: "2026-03-02T06:15:00Z" }, "Asia/Shanghai")(0, 39, 5)).toEqual([7, 15, 23, 31, 39]);
  });
  it("begin with rooms that are used, below what has none", () => {
    const tables = { periods: 8, rooms: ["a", "b", "c"].map((name) => ({ name, capacity: 4 })), events: [{ name: "x", size: 1, current: { time: { days: [0], start: 0, length: 1 }, room: "c" } }] };
    const begun = [{ event: "x", room: "b" }];
    expect(roomLanes(tables, begun, begun).map((lane) => lane.key)).toEqual(["b", "c", "a"]);
    expect(roomLanes(tables, [{ event: "x", room: null }], begun).map((lane) => lane.key)).toEqual(["", "b", "c", "a"]);
  });
  it("mark events that meet in a room", () => {
    const rows = [{ event: "a", days: [0], weeks: [0], start: 0, length: 2, room: "r" }, { event: "b", days: [0], weeks: [0], start: 1, length: 2, room: "r" }, { event: "c", days: [1], weeks: [0], start: 1, length: 2, room: "r" }];
    const tables = { periods: 8, rooms: [{ name: "r", capacity: 4 }], events: ["a", "b", "c"].map((name) => ({ name, size: 3 })) };
    expect(daysOf(rows)).toEqual([0, 1]);
    expect(roomBars(tables, rows, 0, []).map((bar) => bar.wrong)).toEqual([true, true]);
    expect(roomBars(tables, rows, 1, []).map((bar) => bar.wrong)).toEqual([false]);
  });
  it("walk, wait, work, rest and go home", () => {
    const tables = { places: ["p", "q"], walk: [[0, 60], [60, 0]], staff: [{ id: "li", start: 0, end: 0 }] };
    const rows = [{ stop: "gate", staff: "li", place: "q", begin: 100, end: 110 }, { stop: "li/break 1", staff: "li", place: "q", begin: 150, end: 160 }, { stop: "roof", staff: null, place: "p", begin: null, end: null }];
    expect(tourBars(toursOf(tables, rows), (key) => key).map((bar) => [bar.label, bar.start, bar.end, bar.kind])).toEqual([["walk", 40, 100, "soft"], ["1 gate", 100, 110, "plain"], ["wait", 110, 150, "soft"], ["rest", 150, 160, "hatched"], ["walk", 160, 220, "soft"]]);
    expect(legsOf(tables, rows).map((leg) => [leg.from, leg.to])).toEqual([[0, 1], [1, 0]]);
  });
});

describe("plans changed by hand", () => {
  const roster = [{ duty: "1", person: "li", day: "2026-11-30", shift: "白" }, { duty: "2", person: "li", day: "2026-12-01", shift: null }];
  it("have a roster by person and day, whose shifts change places", () => {
    const grid = handGrid("rosters", { shifts: [{ id: "白" }] }, roster);
    expect(grid).toMatchObject({ columns: ["11-30", "12-01"], choices: ["白", null], rows: [{ name: "li", cells: [{ item: "1", text: "白", weight: 1 }, { text: "", weight: null }] }] });
    expect(swapped(grid, roster, "1", "2").rows.map((row) => row.shift)).toEqual([null, "白"]);
    expect(withValue(grid, roster, "2", "白").rows.map((row) => row.shift)).toEqual(["白", "白"]);
  });
  it("have units in places, each of which holds one", () => {
    const rows = [{ unit: "a", place: "1" }, { unit: "b", place: "2" }];
    const grid = handGrid("layout", { places: ["1", "2", "3"] }, rows);
    expect(grid.rows.map((row) => row.cells[0]!.item)).toEqual(["a", "b", null]);
    expect([withValue(grid, rows, "a", "2"), withValue(grid, rows, "a", "3")].map((made) => [made.items, made.rows.map((row) => row.place)])).toEqual([[["a", "b"], ["2", "1"]], [["a"], ["3", "2"]]]);
    expect(layoutGrid(rows, { units: ["a", "b"], flows: [[0, 3], [1, 0]] })!.rows[0]!.cells.map((cell) => cell.text)).toEqual(["", "4"]);
  });
  it("move groups to slots and jobs in time", () => {
    const flows = [{ group: "g", slot: "12:00", size: 8, current: null }];
    expect(rowBars("flows", { slots: ["11:30", "12:00"] }, flows, ["g"]).bars).toMatchObject([{ key: "g", start: 1, end: 2, locked: true }]);
    expect(withBar("flows", { slots: ["11:30", "12:00"] }, flows, "g", { start: 0, end: 1 })[0]!.slot).toBe("11:30");
    expect(withBar("projects", {}, [{ job: "x", begin: 1, end: 3 }], "x", { start: 2, end: 4 })).toEqual([{ job: "x", begin: 2, end: 4 }]);
  });
  it("take a stop to another time, another person, or nobody", () => {
    const tables = { places: ["p", "q"], walk: [[0, 60], [60, 0]], staff: [{ id: "li", start: 0, end: 0 }, { id: "wu", start: 0, end: 0 }] };
    const rows = [{ stop: "a", staff: "li", order: 1, place: "q", begin: 100, end: 110 }, { stop: "b", staff: "li", order: 2, place: "p", begin: 200, end: 210 }, { stop: "c", staff: "wu", order: 1, place: "q", begin: 300, end: 310 }];
    const told = (found: Row[]): unknown[] => found.map((row) => [row.staff, row.order, row.begin]);
    const tours = toursOf(tables, rows);
    const moved = (lane: string, start: number): Row[] => withStop(tours, rows, "a", { lane, start }, { lane: "li", start: 100 });
    expect(told(moved("li", 110))).toEqual([["li", 2, null], ["li", 1, null], ["wu", 1, 300]]);
    expect(told(moved("wu", 100))).toEqual([["wu", 1, null], ["li", 1, null], ["wu", 2, null]]);
    expect(told(moved(LEFT_OUT, 100))).toEqual([[null, null, null], ["li", 1, null], ["wu", 1, 300]]);
    expect([isUntimed(moved("li", 110)), isUntimed(rows)]).toEqual([true, false]);
  });
});

describe("flows of people", () => {
  const tables: FlowTables = { slots: ["11:30", "12:00", "12:30"], slot_min: 30, passages: [{ id: "p", capacity: [50, 50, 50] }], groups: [{ id: "g", size: 80, current: 0, uses: [{ passage: 0, lag: 1, spread: [0.5, 0.5] }] }, { id: "h", size: 8, current: 1, uses: [] }] };
  const rows = [{ group: "g", slot: "12:00", current: "11:30", size: 80 }, { group: "h", slot: "12:00", current: "12:00", size: 8 }];
  it("load each facility, before and after", () => expect(loadsOf(tables, rows)).toEqual([{ name: "p", before: [0, 40, 40], after: [0, 0, 40], capacity: [50, 50, 50] }]));
  it("move only those whose slot differs", () => expect(movedOf(tables, rows)).toEqual([{ group: "g", size: 80, from: "11:30", to: "12:00", minutes: 30 }]));
});

describe("reservations in other rooms", () => {
  const time = (start: number) => ({ days: [0], start, length: 4 });
  const tables = { rooms: [], periods: 96, period_min: 15, days: 1, events: [{ name: "a", size: 3, current: { time: time(40), room: "R" } }, { name: "b", size: 2, current: { time: time(44), room: "S" } }, { name: "c", size: 1 }] };
  const rows = [{ event: "a", ...time(40), room: "R" }, { event: "b", ...time(40), room: "T" }, { event: "c", ...time(0), room: "R" }];
  it("are those that differ from now, by the clock", () => expect(movedEvents(tables, rows)).toEqual([{ event: "b", size: 2, from: "S", fromTime: "11:00–12:00", to: "T", toTime: "10:00–11:00" }]));
  it("have their day in a week", () => expect(movedEvents({ ...tables, days: 7 }, rows)[0]!.toTime).toBe("1 · 10:00–11:00"));
});

describe("sites", () => {
  const served = [{ demand: "a", people: 2, site: "A", seconds: 60 }, { demand: "b", people: 1, site: "A", seconds: 240 }, { demand: "c", people: 5, site: null, seconds: null }];
  it("sum whom they serve, also nobody", () => expect(sumsOf(served, ["A", "B"]).map((sum) => [sum.site, sum.people, sum.mean_s, sum.most_s])).toEqual([["A", 3, 120, 240], ["B", 0, 0, 0]]));
  it("name who is out of reach before who walks farthest", () => expect(worstOf(served, 2).map((one) => one.demand)).toEqual(["c", "b"]));
  it("count people by how far they walk", () => expect(binsOf(served)).toEqual({ step_s: 30, people: [0, 0, 2, 0, 0, 0, 0, 0, 1] }));
  it("are marked on the map, with a line to each demand", () => {
    const spot = (level: number) => ({ ref: "x", lon: 1, lat: 2, level });
    const drawn = siteFeatures(served, sumsOf(served, ["A"]), { a: spot(0), b: spot(3), A: spot(0) }, 0, null);
    expect(drawn.route.features.map((line) => line.properties!.here)).toEqual([true, true]);
    expect(drawn.stops.features.map((mark) => mark.properties!.number)).toEqual([undefined, undefined, "1"]);
  });
});

describe("times of a plan", () => {
  it("are clock times, the next day's too", () => expect([clockOf(82_920), clockOf(90_000), daysLater(90_000)]).toEqual(["23:02", "01:00", 1]));
  it("have marks at round times", () => expect(clockTicks(77_800, 79_400, 6)).toEqual([78_000, 78_300, 78_600, 78_900, 79_200]));
  it("are told as spans", () => expect([spanOf(45), spanOf(244), spanOf(5400)]).toEqual(["45 s", "4:04 min", "1:30 h"]));
  it("stand in cells instead of seconds and slots", () => {
    const words = { later: (time: string, days: number) => `${time}+${days}`, rest: (who: string) => `rest of ${who}`, reload: (who: string) => `reload of ${who}`, zone: "Asia/Shanghai", language: "en" };
    expect(sayCell("rounds", { clock: true }, words)("begin", 90_000)).toBe("01:00+1");
    expect(sayCell("rounds", { clock: false }, words)("begin", 90_000)).toBeNull();
    expect(sayCell("devices", { slot_h: 1, slots: 24 }, words)("on", "0-6 19-23")).toBe("00:00–07:00, 19:00–24:00");
    expect(sayCell("devices", { slot_h: 1, slots: 24, begins_at: "2026-11-28T16:00:00+00:00" }, words)("on", "0-6 19-23")).toBe("00:00–07:00, 19:00–24:00");
    expect(sayCell("devices", { slot_h: 0.5 }, words)("flows", "2.0 4.0 0.0 -3.0")).toBe("+3 / −1.5");
    expect(["start", "length"].map((column) => sayCell("rooms", { periods: 96, period_min: 15 }, words)(column, 39))).toEqual(["09:45", "9:45 h"]);
    expect(sayCell("rooms", {}, words)("days", [0, 2])).toBe("1, 3");
    expect(sayCell("rooms", { periods: 8, period_min: 60 }, words)("start", 3)).toBeNull();
    expect(sayCell("rounds", {}, words)("stop", "li/break 1")).toBe("rest of li");
    expect(sayCell("rounds", {}, words)("stop", "li/reload 2")).toBe("reload of li");
  });
});

describe("tours on the map", () => {
  const tables = { places: ["p", "q"], walk: [[0, 60], [60, 0]], staff: [{ id: "li", start: 0, end: 0 }] };
  const tours = toursOf(tables, [{ stop: "gate", staff: "li", place: "q", begin: 100, end: 110 }, { stop: "gate 2", staff: "li", place: "q", begin: 150, end: 160 }]);
  const spots = { p: { ref: "p", lon: 0, lat: 0, level: 0 }, q: { ref: "q", lon: 1, lat: 1, level: 2 } };
  it("take the known way out, and a line where none is known", () => {
    const geometry = { type: "LineString", coordinates: [[0, 0], [0.5, 1], [1, 1]] } as const;
    const walk = { origin: "p", destination: "q", distance_m: 1, duration_s: 60, legs: [{ level: 0, to_level: 2, geometry }] } as unknown as TourWalk;
    expect(tourLines(tours, [walk], spots, 2, null).features.map((line) => [(line.geometry as { coordinates: number[][] }).coordinates.length, line.properties!.here])).toEqual([[3, true], [2, false]]);
  });
  it("number a place that is visited twice once", () => expect(tourStops(tours, spots, 2, null, "gate 2").features.map((mark) => mark.properties!.number)).toEqual([undefined, "1·2"]));
});

describe("plans side by side", () => {
  const one = (cost: number, parts: Record<string, number>) => ({ id: "a", name: "a", status: "feasible", cost, bound: null, gap: null, parts, measures: { walking_s: cost }, changed: 0, against: null });
  it("have a row for each figure", () => {
    const rows = figureRows({ kind: "spaces", scenarios: [one(3, { moves: 1 }), one(4, { rent: 2 })], differing: 0, items: [] } as never);
    expect(rows.map((row) => [row.key, ...row.values])).toEqual([["cost", 3, 4], ["moves", 1, null], ["rent", null, 2], ["walking_s", 3, 4]]);
  });
  it("are as wide as they are large", () => expect([widthOf(2, [2, 4]), widthOf(null, [1])]).toEqual(["50%", "0%"]));
  it("say only what differs", () => expect(toldOf([{ name: "x", room: "1", floor: "1" }, { name: "x", room: "", floor: "1" }, null], (column, value) => (value ? `${column} ${String(value)}` : ""))).toEqual(["room 1 · floor 1", "– · floor 1", "–"]));
});
