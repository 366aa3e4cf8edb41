export default {
  plans: {
    text: "Devices, rooms, rounds, people and spaces, planned at least cost. Each plan carries a bound or its method, was checked by a program of its own, and says why.",
    add: "New problem", none: "No plan yet: give the file of a problem", name: "Name", state: "State", cost: "Cost", gap: "Gap", who: "By", removeSure: "Remove the problem and its plan?",
    kind: "Kind of problem", file: "File of the problem", format: "Format of the file", method: "Method: {method}.", time: "Time limit, seconds", enough: "Enough within, %", begin: "Begin from the plan", maxChanges: "At most so many changes", start: "Solve",
    lock: "Keep", again: "Solve again, keeping what is ticked", few: "At most so many changes", gantt: "Over time",
    stop: "Stop and keep the best", problem: "Problem", search: "The search: cost and proved bound", parts: "What the cost is made of", assignments: "Assignments", find: "Search the rows", noRow: "No row has these words",
    group: { schedule: "Scheduling", plan: "Space planning" },
    state_: { waiting: "Waiting", running: "Solving", done: "Done", cancelled: "Stopped", failed: "Failed" },
    status: { optimal: "Proved to be best", feasible: "Feasible", infeasible: "There is no plan", unknown: "None found in time" },
    tile: { cost: "Cost", bound: "Proved bound", gap: "Gap", changes: "Changes", time: "Time" },
    part: { carbon: "Carbon", center: "Longest walk", compactness: "Compactness", cover: "Not covered", discomfort: "Discomfort", energy: "Energy", fairness: "Fairness", fit_out: "Fit-out", flow: "Flow × distance", makespan: "Makespan", median: "Walking in all", min_days: "Least days", misuse: "Misuse of m²", moves: "Moves", moving: "Moving", nights: "Nights", over: "Over", peak: "Peak charge", places: "Places", rent: "Rent", room: "Rooms", rules: "Soft rules", short: "Short", size: "Size", skipped: "Skipped", stability: "Stability", starts: "Starts", surprise: "Surprise", time: "Time", use: "Sending staff", waiting: "Waiting", walking: "Walking", weekends: "Weekends", wishes: "Wishes" },
    column: { begin: "Begin", block: "Block", building: "Building", chosen: "Chosen", current: "Now", day: "Day", days: "Days", depth_m: "Depth, m", device: "Device", duty: "Duty", end: "End", energy_kwh: "Energy, kWh", event: "Event", floor: "Floor", flows: "Flows", group: "Group", hours: "Hours", job: "Job", length: "Length", name: "Name", on: "On", order: "Order", period: "Period", person: "Person", place: "Place", room: "Room", shift: "Shift", site: "Site", size: "Size", slot: "Slot", staff: "Staff", start: "Start", stop: "Stop", unit: "Unit", weeks: "Weeks", width_m: "Width, m", x_m: "x, m", y_m: "y, m", zone: "Zone" },
    axis: { slot: "slot", time: "time", cost: "Cost", bound: "Proved bound", seconds: "seconds" },
  },
};
