import { describe, expect, it } from "vitest";
import { newSpot, spotOf } from "./flowSpots";
import { newPerson, newStop, skillsOf, staffOf, visitsOf } from "./rounds";

describe("what is asked of a draft", () => {
  it("has skills, worths and loads of rounds; reloads only of who can't carry all", () => {
    expect(skillsOf("钥匙，电工, lift ;")).toEqual(["钥匙", "电工", "lift"]);
    expect(visitsOf([{ ...newStop("a", "A", ""), latest: "10:00", worth: 0, source: "store" }])[0]).toMatchObject({ worth_min: 0, source: "store", windows: [{ earliest: "00:00", latest: "10:00" }] });
    const [free, cart] = staffOf([{ ...newPerson("li"), reloads: 2 }, { ...newPerson("wu"), capacity: 5, reloads: 2, rest: 30, restFrom: "11:30" }]);
    expect([free!.reloads, cart!.reloads, cart!.breaks]).toEqual([0, 2, [{ earliest: "11:30", latest: "18:00", minutes: 30, places: [] }]]);
  });
  it("has of a narrow place only what belongs to how people get through", () => {
    expect(spotOf({ ...newSpot("leave"), by: "shuttle", capacity: 9 })).toMatchObject({ capacity: null, lanes: 0, vehicles: 2, seats: 40, departure_cost: 5, lane_cost: 0 });
  });
});
