export default {
  planRuns: {
    title: "Carry it out", text: "Nothing is sent before you approve it. Each step then goes through the rights, locks and interlocks of commands.",
    look: "Look at it and approve", approve: "Approve", replaces: "It takes the place of a plan that runs.",
    facts: "{devices} devices, {steps} switches, from {begin} to {end}", saves: "Energy and starts cost {cost}; as usual {usual}", costs: "Energy and starts cost {cost}",
    resume: "What an operator switches comes back after", resumeNever: "not before the next approval", minutes: "{n} min",
    against: "It can't be approved:", warnings: "Just now:", first: "The first switches", switched: "{on} on, {off} off",
    state: { running: "Running", ending: "Giving devices back", ended: "Ended" }, outcome: { finished: "Finished", stopped: "Stopped", replaced: "Taken over by a new plan" },
    by: "Approved by {who}, {when}", policy: "under a standing policy", counts: "{done} steps done, {due} to come, {missed} missed",
    stop: "Stop", stopSure: "Stop the plan and give its devices back to their own control?", replan: "Plan the rest anew",
    next: "A new plan for the rest: {why}", nextOpen: "Look at the new plan",
    record: "Plan and what happened", planned: "planned", measured: "measured", unknown: "not known", left: "out of the plan", because: ": ",
    saving: "Saved so far: {kwh} kWh ({low} to {high}), {cost} {currency}", coverage: "{share} of the slots are known", adjust: "Adjust for weather and people", adjusted: "Adjusted: {kwh} kWh ({low} to {high})",
    draft: { add: "Plan devices of the park", place: "Place (empty: the whole site)", search: "Search buildings, floors, rooms", whole: "The whole site", kind: "Kind", day: "Day", today: "What is left of today", tomorrow: "Tomorrow", least: "At least so much of a room's devices while open, %", limit: "The most power, kW", carbon: "Money a kg of carbon weighs", make: "Draft", solve: "Solve", found: "{devices} devices in {zones} zones", aims: "What is made least", assumed: "What is assumed", leftOut: "Left out", hvac: "Air conditioning", lighting: "Lighting", ventilation: "Ventilation" },
    beside: {
      title: "PV, storages, charging, comfort", solar: "PV", solarMap: "As the map measures", solarNone: "None", solarPeak: "By its peak power", kwp: "kWp", storages: "Storages", addStorage: "Add a storage", battery: "Battery", ice: "Ice", hot_water: "Hot water",
      name: "Name", serves: "Room that it serves", capacity: "Holds, kWh", charge: "Takes, kW", discharge: "Gives, kW", efficiency: "Efficiency", content: "Full now, %", target: "In the end, %",
      vehicles: "Cars", addVehicle: "Add a car", arrival: "Arrives", departure: "Leaves", energy: "Energy, kWh", power: "Power, kW", charger: "Charger (empty: by hand)", car: "Car {n}", store: "Storage {n}",
      climates: "Comfort", addClimate: "Add a room", anyRoom: "All rooms that measure (or one)", low: "Least °C", high: "Most °C", resistance: "Resistance, °C/kW", capacityC: "Heat, kWh/°C", usual: "measured", fitted: "fitted", price: "Money a °C·h outside",
    },
    policies: {
      title: "Standing policies", text: "Plans of devices within these limits are carried out without asking, in the name of who set them.", add: "Add a standing policy", none: "There is none yet: each plan has to be approved.",
      more: "{some} and {n} more", ofKind: "{kind} · {place} ({n} devices)", everyDay: "Every day", startsAtMost: "at most {n} starts each", serviceAtLeast: "demand served ≥ {share}", savingAtLeast: "saving ≥ {share}", costAtMost: "cost ≤ {cost}",
      by: "Set by {who}, {when}", until: "until {when}", ended: "ended {when}", removeSure: "Take this policy back? Plans that run go on.",
      which: "Which devices", byPlace: "By place and kind", byDevices: "One by one", days: "Days of the week", from: "From", to: "To", starts: "Most starts of a device", cost: "Most cost of a plan", noLimit: "No limit",
      saving: "Saves at least, % of usual", service: "Serves at least, % of demand", lastDay: "Last day", noEnd: "Never ends",
    },
  },
};
