import { describe, expect, it } from "vitest";
import { canBeAsked, changed, fieldsOf, flowsIn, flowsWith, mostFlow, runsWith } from "./wishes";

const word = (key: string) => key;
const say = () => null;

describe("a wish to change a plan", () => {
  it("offers what the problem has", () => {
    expect(fieldsOf("spaces", { rooms: [{ name: "101" }, { name: "102" }] }, say, word)).toEqual([{ column: "room", choices: [{ value: "101", text: "101" }, { value: "102", text: "102" }] }]);
    expect(fieldsOf("layout", { places: ["A"] }, say, word)[0]!.choices).toEqual([{ value: "A", text: "A" }]);
    expect(fieldsOf("rosters", { shifts: [{ id: "夜" }] }, say, word)[0]!.choices!.map((one) => one.text)).toEqual(["夜", "free"]);
    expect(fieldsOf("rounds", { staff: [{ id: "wang" }] }, say, word)[0]!.choices!.at(-1)).toEqual({ value: null, text: "nobody" });
    expect(fieldsOf("rooms", { rooms: [], periods: 2 }, (column, value) => (column === "start" ? `${Number(value)}:00` : null), word)[1]!.choices!.map((one) => one.text)).toEqual(["0:00", "1:00"]);
    expect(fieldsOf("blocks", {}, say, word).map((one) => [one.column, one.choices])).toEqual([["x_m", null], ["y_m", null]]);
    expect(fieldsOf("flows", { slots: ["11:30"] }, say, word)[0]!.column).toBe("slot");
    expect(fieldsOf("sites", {}, say, word)[0]!.choices!.map((one) => one.value)).toEqual([true, false]);
    expect(fieldsOf("projects", {}, say, word)[0]!.column).toBe("begin");
    expect(fieldsOf("devices", {}, say, word)).toEqual([]);
  });
  it("is of what is placed, not of breaks or lanes", () => {
    expect([canBeAsked("rounds", { stop: "wang/break 1" }), canBeAsked("rounds", { stop: "gate" }), canBeAsked("flows", { group: "a", open: 2 }), canBeAsked("devices", { device: "b", flows: "1 -1" }), canBeAsked("sites", { site: "A" })]).toEqual([false, true, false, true, true]);
  });
  it("switches a device on or off besides", () => {
    expect([runsWith("2-3", 4, 6, true), runsWith("", 1, 2, true), runsWith("0-9", 3, 5, false), runsWith("2-3", 0, 9, false)]).toEqual(["2-5", "1-1", "0-2 5-9", ""]);
  });
  it("has a storage take, give or rest in some slots, no more than goes in", () => {
    expect([flowsWith("2.0 0.0 -1.5", 1, 3, 4), flowsWith("2.0 0.0 -1.5", 0, 1, 2), flowsWith("2.0 0.0 -1.5", 2, 3, 0)]).toEqual(["2.0 4 4", "2.0 0.0 -1.5", "2.0 0.0 0"]);
    expect([flowsIn("2.0 2.01 -1.5 0.0", 0, 2), flowsIn("2.0 2.01 -1.5 0.0", 1, 4), flowsIn("-0.01 0.0", 0, 2)]).toEqual(["+2", "−1.5 … +2", "0"]);
    const storage = { name: "b", capacity: 90, charge_kw: 50, discharge: 40, charge_efficiency: 0.9, discharge_efficiency: 0.8 };
    expect([mostFlow(storage, 1, 1), mostFlow(storage, 1, 4), mostFlow(storage, -1, 2), mostFlow(storage, -1, 0.5)]).toEqual([50, 25, 36, 40]);
  });
  it("is what differs", () => expect(changed({ room: "101", start: 3 }, { room: "101", start: 4, x: undefined })).toEqual({ start: 4 }));
});
