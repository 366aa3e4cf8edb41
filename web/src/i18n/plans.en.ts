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
    axis: { slot: "slot", time: "time", cost: "Cost", bound: "Proved bound", seconds: "seconds" },
  },
};
