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
    record: "Plan and what happened", planned: "planned", measured: "measured", unknown: "not known", left: "out of the plan",
    saving: "Saved so far: {kwh} kWh ({low} to {high}), {cost} {currency}", coverage: "{share} of the slots are known", adjust: "Adjust for weather and people", adjusted: "Adjusted: {kwh} kWh ({low} to {high})",
    draft: { add: "Plan devices of the park", place: "Place (empty: the whole site)", search: "Search buildings, floors, rooms", kind: "Kind", day: "Day", today: "What is left of today", tomorrow: "Tomorrow", least: "At least so much of a room's devices while open, %", limit: "The most power, kW", make: "Draft", solve: "Solve", found: "{devices} devices in {zones} zones", assumed: "What is assumed", leftOut: "Left out", hvac: "Air conditioning", lighting: "Lighting", ventilation: "Ventilation" },
  },
};
