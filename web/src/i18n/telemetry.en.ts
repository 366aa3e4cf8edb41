export default {
  reading: {
    quality: { good: "good", estimated: "estimated", suspect: "suspect", bad: "bad", missing: "missing" },
    reason: {
      duplicate: "came again", conflict: "another value came for this time; the first holds", late: "came late", future: "its time was still to come", clock: "the device's clock was off", sentinel: "a code for “no value”, such as −999", hard_range: "impossible for the quantity", soft_range: "unusual for the quantity", unit: "probably another unit", spike: "spike", stuck: "stuck at one number",
      noise: "burst of noise", drift: "drift", offset: "offset", rollover: "counter rolled over (normal)", reset: "counter was reset", swap: "meter was exchanged", gap: "nothing came; filled in or open", manual: "a person said so", source: "the device itself said so",
    },
  },
  states: {
    title: "Next state", soon: "State in half an hour", none: "No switch, presence or other state is measured here.", ahead: "How far ahead", minutes: "{n} min", from: "{now} → {state}, {share}", expected: "{state}, {share}", changes: "chance of a change {share}", recall: "Of the changes {share} were foreseen.", byModel: "Told by the trained model", onTheSpot: "No trained model is live: learnt on the spot from the last 28 days, by a line.", fault: "The live model can't answer; the answer is learnt on the spot.",
    days: "Days to learn from", labels: "Labels as truth", noLabels: "Readings as truth", byLabels: "Labels as truth: {name}", network: "Also try a transformer (slow)", train: "Train for {n} min ahead", learnt: "Learnt from {moments} moments of {days} days.", labelled: "At {n} moments people's labels are the truth.", varied: "Varied copies of the days helped, so they are learnt from too.", notVaried: "Varied copies of the days were tried and didn't help.", method: "Answer", accuracy: "Accuracy", foreseen: "Changes foreseen", false: "False changes", floor: "plain answer", promote: "To the model {version}: look at its card and make it live",
  },
  points: {
    madeAt: "Forecast made at {when}.", madeNow: "Computed just now.", record: "Last {nights} nights: mean absolute error {mae} ({week} by the same time last week); the 80 % interval covered {inside} of the hours.",
    count: "{n} of {total} points", search: "Search name, id, room, device", name: "Point", value: "Newest value", quality: "Quality", kind: "Measures", place: "Place", device: "Device", newest: "Newest", building: "Building", silence: "Silent for", never: "no readings", none: "The map of this campus has no points yet. Import a table of points, or discover devices.", noMatch: "No point matches",
    silent: { hour: "more than 1 hour", day: "more than 1 day", never: "no readings ever" }, unknown: "The campus has no such point", raw: "as it came", forecast: "forecast", came: "came as {value}", farther: "Show more time", nearer: "Show less time", compare: "Compare with", nothingHere: "No readings in this time", nothingYet: "No reading of this point has come yet",
    hint: "Wheel zooms, dragging pans, hovering tells why", span: { day: "1 day", week: "7 days", month: "30 days", year: "1 year" }, step: { raw: "raw readings", quarter: "15-minute summary", hour: "hourly summary", day: "daily summary" },
  },
  overrules: {
    agree: "Agree", dispute: "Dispute", agreedBy: "{who} agrees", disputedBy: "{who} disputes it: not learnt from", title: "Overrules", export: "Export (JSON Lines)", none: "Nobody has overruled the rules here", select: "Select to overrule", hint: "Drag on the curve to select an interval", verdict: { good: "good", bad: "bad", estimated: "was really" }, value: "Real value {unit}", note: "Note (optional)", done: "Overruled; it holds at once", undone: "Taken back; the rules judge again", undo: "Undo", by: "{who}, {when}", flags: "the rules had found: {what}", undoneBy: "taken back by {who}, {when}",
  },
  dataQuality: {
    days: "{n} d", judge: "Judge again", judging: "Judging {share}", judged: "Points judged again: {n}", shares: "Shares of hours by quality", summary: "{total} points; {stale} fell silent, {silent} have never sent.", about: "By the hour, each by its worst reading; an hour in which nothing holds is missing. Worst points first, those that never sent last and not in the shares; the strip is the share of trouble by day.",
    nothingDue: "nothing was due", noneCame: "no readings", trouble: "{share} trouble", staleSince: "silent since {when}", coverage: "{share} arrived",
  },
  tunings: {
    title: "How strict the rules are", about: "From people's overrules it is worked out by what each rule's thresholds should be multiplied. It holds once it is better on held-out overrules and a person adopts it.", propose: "Propose from overrules", working: "Trying {share}", none: "No overrule concerns a rule yet.", rule: "Kind and rule", words: "Overrules", factor: "Threshold, now → then",
    before: "As delivered, precision/recall", after: "Proposed, precision/recall", few: "too few overrules", adopt: "Adopt", same: "no better", holds: "adopted", change: "Version {n}: {rule}, thresholds ×{factor}, {who}, {when}", undone: "(taken back by {who}, {when})", undo: "Take back",
  },
  lineage: { title: "Which rules judged this", none: "No rule has judged these readings.", version: "rules, version {n}", run: "run {run} of {day} (UTC), {rules} rules" },
  gateways: { title: "Gateways and storage", line: "{connected} of {total} gateways connected, {size} used, {pending} to judge, {resting} to be looked at again later", full: "At this pace the disk budget is used up {when}", none: "The settings have no gateway: programs push readings, or files are imported.", on: "connected", off: "lost", came: "readings: {n}, refused: {refused}", waiting: "waiting on disk: {size} of {most}", dropped: "dropped: {n}", pace: "every {s} s: {n} points" },
  intervals: {
    make: "New set", none: "No set of intervals yet: choose points and a time to label their curves.", removeSure: "Remove “{name}” and all its labels? This can't be undone.", points: "points: {n}", reviewers: "reviewers per window: {n}", what: "What is labelled", together: "Points shown together", when: "Time", from: "From", to: "To", window: "Each window", length: { hours: "6 hours", day: "1 day", week: "7 days" }, labels: "Labels", colour: "Colour", code: "code", addLabel: "Add a label",
    kind: { events: "Events", device_states: "Device states", occupancy: "People", custom: "Custom" }, preset: { open: "Open", fault: "Fault", other: "Other", off: "Off", standby: "Standby", on: "On", empty: "Empty", few: "Few", many: "Many", yes: "Yes", no: "No" },
    accept: "Take {n} proposed (A)", noMarks: "No interval yet: drag on the curve to mark one; none is an answer too", done: "{mine} labelled, {left} to go", number: "Window {n} of {total}", allDone: "No window waits for you.",
    keys: "Drag: mark · 1–9: label · Tab: next interval · [ ]: move start · , .: move end · Delete: remove · Ctrl+Z: undo · PageUp/PageDown: other windows · Enter: save and go on",
    both: "Windows", kappa: "Cohen's kappa by time sample: agreement beyond chance, at most 1", f1: "Interval F1", iou: "Share of the labelled time that both labelled alike", noPairs: "No window labelled by two yet (each needs {n}).", empty: { disputed: "Nothing disputed", decided: "Nothing decided yet", agreed: "No agreed window yet" }, export: { final: "Final", all: "By reviewer", proposed: "Proposed" }, propose: "Import predictions", proposed: "Proposals imported: {n}",
  },
};
