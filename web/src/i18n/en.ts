import anomalies from "./anomalies.en";
import category from "./categories.en";
import demo from "./demo.en";
import devices from "./devices.en";
import energy from "./energy.en";
import files from "./files.en";
import learning from "./learning.en";
import places from "./places.en";
import planRuns from "./planRuns.en";
import plans from "./plans.en";
import reports from "./reports.en";
import reservations from "./reservations.en";
import rule from "./rules.en";
import twin from "./twin.en";
import telemetry from "./telemetry.en";

export default {
  app: { name: "yuanli", short: "yuanli", tagline: "the brain of your campus" },
  nav: {
    anomalies: "Anomalies",
    people: "People", air: "Air", screen: "Big screen",
    devices: "Devices",
    reservations: "Reservations",
    plans: "Plans", plan: "Plan", planCompare: "Plans compared",
    reports: "Reports",
    energy: "Energy",
    tariffs: "Tariffs and carbon",
    map: "Live map", go: "Directions", ask: "Assistant", campuses: "Campus data", campus: "Campus", feedback: "Feedback", models: "Models", model: "Model version", users: "Users", account: "My account",
    about: "About", signIn: "Sign in", signOut: "Sign out", missing: "No such page", menu: "Menu", tabs: "Open pages", closeTab: "Close tab",
    points: "Points", point: "Point", quality: "Data quality", intervals: "Intervals", intervalSet: "Interval set", intervalLabel: "Label intervals",
    datasets: "Data sets", dataset: "Data set", labelling: "Labelling", runs: "Training runs",
    skip: "Skip to content", campusSelect: "Choose a campus", language: "Change language", otherLanguage: "中文", theme: "Light or dark",
  },
  ...anomalies,
  ...devices,
  ...demo,
  ...energy,
  ...files,
  ...learning,
  ...places,
  ...planRuns,
  ...plans,
  ...reports,
  ...reservations,
  ...twin,
  ...telemetry,
  state: { loading: "Loading", retry: "Try again", empty: "Nothing here yet" },
  action: { close: "Close", edit: "Edit", remove: "Remove", cancel: "Cancel", save: "Save", open: "Open" },
  list: { colon: ": ", comma: ", " },
  missing: { text: "There is no such page", back: "Back to the map" },
  search: { placeholder: "Search rooms, buildings, facilities", none: "Nothing found: try other words", didYouMean: "Did you mean “{name}”?" },
  map: {
    label: "Map of {name}", floors: "Floors", outside: "All", tools: "Map tools", threeD: "2D / 3D", layers: "Layers", zoomIn: "Zoom in", zoomOut: "Zoom out",
    north: "North up", buildings: "Buildings", noBuildings: "No buildings", noWebgl: "This browser can't draw the map: WebGL is off. Use a recent browser, or turn hardware acceleration on.",
    noCampus: "No campus yet", importOne: "Import a campus", signInToImport: "Sign in to import one",
  },
  layer: { buildings: "Buildings", rooms: "Rooms", labels: "Names", places: "Facilities", ways: "Ways", closures: "Closures" },
  place: {
    hours: "Hours", capacity: "Capacity", people: "{n} people", accessibility: "Accessibility", restriction: "Access", aliases: "Also called", phone: "Phone", website: "Website",
    closedNow: "Closed at the moment: no way through", closedUntil: "until {time}", routeHere: "Route here", routeFrom: "Start here", qr: "QR code", qrHint: "Scan it to open the way on a phone",
  },
  access: {
    wheelchair: "Wheelchair accessible", notwheelchair: "Not wheelchair accessible", tactilepaving: "Tactile paving", braille: "Braille", hearing: "Hearing aids", hearingloop: "Hearing loop", assisted_listening: "Assisted listening", signlanginterpreter: "Sign language interpreter", tdd: "Text telephone", trs: "Relay service", volume: "Phone with volume control",
  },
  restriction: { employeesonly: "Staff only", restricted: "Authorised people only" },
  go: {
    profile: "How you travel", from: "From: search or click the map", to: "To: search or click the map", via: "Stop on the way", here: "Start where I am", swap: "Swap start and goal",
    addVia: "Add a stop", bestOrder: "Best order", leaveNow: "Leave now", leaveAt: "Leave at", clickHint: "Click the map to choose a point; click again for the next.",
    pointOnMap: "Point on the map", steps: "Steps", choices: "Choices", arrive: "arrive {time}", best: "Best", other: "Choice {n}", voice: "Voice", share: "Share",
    linkCopied: "Link copied", qr: "QR code", qrTitle: "Open it on a phone", print: "Print", printTitle: "{from} → {to}", changed: "The way has changed",
    noWayNow: "There is no way through any more", empty: "Choose a start and a goal to see the way", notLocated: "Your position isn't known. Allow it in the browser, or click your start on the map.", togglePanel: "Show or hide the panel", change: "Change start or goal",
  },
  profile: { walk: "On foot", wheelchair: "Wheelchair", stroller: "Stroller", bike: "Bicycle", staff: "Staff", evacuation: "Evacuation" },
  live: { on: "Kept up to date", broken: "Connection lost, trying again", off: "As of now" },
  amount: { metres: "{n} m", kilometres: "{n} km", minutes: "{n} min", hours: "{n} h {rest} min", underMinute: "under 1 min" },
  ask: {
    hello: "Where would you like to go?", about: "Ask for ways, rooms and facilities in your own words, in English or Chinese.", placeholder: "For example: how do I get from the north gate to the lecture hall by wheelchair?", workingOn: "Working on: {what}", send: "Send", openRoute: "Open directions", openLive: "Open the live map", openMap: "Open the map",
    up: "Understood right", down: "Understood wrong", correct: "Correct me", correctTitle: "What does this request mean?", note: "Anything to add (optional)", sendCorrection: "Send", thanks: "Thank you", privacy: "People review it, and models learn from it. Phone numbers, plates and names are replaced on the way.",
    answers: "Answers to choose from", openPlan: "open the plan", answerHint: "Answer the question above", short: "Ask or command…", yes: "Yes", no: "No", cancel: "Cancel",
    starter: { busy: "How busy is the canteen now?", energy: "Which building used the most electricity last week?", air: "How warm is meeting room A301?", toilet: "Where is the nearest toilet?", canteen: "How do I get to the canteen?", meeting: "Where are meeting rooms?", step: "From the north gate to Tower A without stairs" },
    mic: {
      start: "Press to speak", stop: "Recording; press to end", writing: "Writing it down", nothing: "That was not understood. Please say it again.", unsupported: "This browser can't record.", insecure: "Microphones work at https addresses and on this computer only.",
      denied: "The microphone is not allowed. Allow it in the browser, then try again.", missing: "No microphone was found.", failed: "The recording failed. Please try again.",
    },
  },
  why: {
    open: "Why", title: "Why this answer", intent: "Understood as", slots: "What was heard", words: "Which words decided", noWords: "Patterns or a larger model read this request: they can't tell single words.", legend: "The darker a word, the more it speaks for “{intent}”; red speaks against it.", allTogether: "No single word decides for “{intent}”: all of them together do.",
    reasons: "What was done", filled: ", filling in {values}", fill: "{slot} ({source})", model: "Understood by {model}",
    source: { said: "said now", carried: "from before", corrected: "corrected", chosen: "chosen", here: "where you are" },
    rule: {
      new_request: "This is a new request", changed_mind: "The request before is put aside for a new one", merged: "It adds to the open request", informed: "It answers the question before", corrected: "It corrects what was said before", chosen: "One of the options was chosen", chosen_intent: "What to do was chosen", chosen_to_change: "What to change was chosen", none_of_them: "None of the options fits",
      confirmed: "It was confirmed", declined: "It was not confirmed", unclear_reply: "It is not clear whether that is a yes: asked again", cancelled: "The request was cancelled", nothing_to_cancel: "There is nothing to cancel", resumed: "Back to a request that was put aside", nothing_aside: "No request was put aside", repeated: "The open question is asked again", nothing_to_confirm: "Nothing waits to be confirmed", answer_declined: "The last answer was not what was wanted", already_done: "This was done before", no_longer_connected: "The system it needs is no longer connected",
      aside: "Answered by the way; the open request stays", not_sure: "Not sure enough: asked what is meant", missed: "It was not understood", missed_again: "Not understood again: a person is named",
    },
    move: {
      ask: "Asked for what is missing", choose: "Offered what it may be", confirm: "Asked to confirm", change: "Asked what to change", clarify: "Asked which of these it is", answer: "Answered", act: "Done", unconnected: "Understood; the system it needs is not connected", cancelled: "Cancelled", nothing_open: "No request is open", already_done: "Not done twice", not_understood: "Not understood: said what can be asked", hand_over: "Handed over to a person",
    },
  },
  feedback: {
    intent: "Intent", slots: "Slots", markHint: "Press the first word, then the last, and choose what they are.", whatIs: "What is “{words}”?", state: "State", all: "All", noneNew: "Nothing waits for review", context: "Before, the system said:", understood: "Understood", right: "Should be", unsaid: "Nobody said yet what it means: change it first", acceptChanged: "Accept as changed", oneMore: "Noted; another reviewer has to agree", exportHint: "Export as training examples, on the server:",
    is: { new: "New", accepted: "Accepted", rejected: "Rejected", exported: "Exported" },
    kind: { up: "Understood right", down: "Understood wrong", correction: "Correction" },
    key: { accept: "Accept", change: "Change", reject: "Reject", next: "Next", before: "Previous" },
    done: { accept: "Accepted", reject: "Rejected" },
    said: { accept: "{who} accepted", reject: "{who} rejected" },
  },
  stage: { candidate: "Candidate", shadow: "Shadow", live: "Live", archived: "Archived" },
  score: {
    accuracy: "Accuracy", macro_f1: "Intent macro F1", spans: "Slot F1", exact: "Whole text right", rmse: "RMSE", mae: "Mean error", spearman: "Rank correlation", recall_at_1: "Recall at 1", recall_at_5: "Recall at 5", mrr: "Mean reciprocal rank", label: "Intent accuracy", negative_rmse: "Negative RMSE",
  },
  models: {
    none: "No models yet", noneHint: "Register a trained model:", version: "Version", stage: "Stage", scores: "Scores", size: "Size", registered: "Registered", builtIn: "Ships with the package", liveNow: "Live: {version}", noLive: "No version is live", damaged: "Files are missing or damaged", fault: "Version {version} can't run",
    back: "Back to the models", promote: "Make live", promoteSure: "Send version {version} of {name} to the gate, and make it live? Say why.", promoted: "Version {version} of {name} is live", rollBack: "Roll back", rollBackSure: "Roll {name} back from version {version} to the one that was live before? Say why.", rolledBack: "{name} is back on version {version}", why: "For example: slots are read better", whyNeeded: "Please say why",
    measuring: "Measured on the gate's examples: that may take minutes.", gate: "The gate", noGate: "Nobody has asked to make it live yet.", files: "Files", history: "Changes", shadow: "As a shadow", shadowLine: "Beside version {against}: {n} texts, another intent in {labels}, other slots in {spans}, failed on {failed}",
    temperature: "Calibration (temperature)", noScores: "It was not measured.", noInterval: "no interval", interval: "95 % interval {low}–{high}, {n} examples",
    called: { understanding: "Understanding" },
  },
  gate: {
    passed: "Passed", failed: "Not passed", against: "against the live version {version}", againstNone: "no version was live", check: "Check", after: "This one", before: "Live one", limit: "Limit", count: "Examples", least: "at least {n}", most: "at most {n}",
    of: { floor: "Right on days left out, points; against: {value}", all: "All examples, points", size_mb: "Size (MB)", latency_ms: "Latency (ms)", language: "Language: {value}", condition: "Condition: {value}", label: "Intent: {value}" },
    value: { majority: "the commonest state", persistence: "no change", last_week: "last week", threshold: "the best threshold", zh: "Chinese", en: "English", clean: "clean", asr: "speech recognition", context: "follow-up", ellipsis: "elliptical", indirect: "indirect", typo: "typos" },
  },
  role: { visitor: "Visitor", member: "Member", operator: "Operator", admin: "Administrator" },
  roleHelp: { member: "Sees the map, asks for ways and the assistant; has tokens", operator: "Also edits places and closures, imports data and reads reports", admin: "May do everything, users included" },
  signIn: { text: "Sign in to manage campus data", asVisitor: "Continue as a visitor" },
  account: {
    username: "User name", password: "Password", role: "Role", newPassword: "New password (8 characters or more)", oldPassword: "Current password", changePassword: "Change password", passwordChanged: "Password changed",
    tokens: "Access tokens", tokensText: "For programs that call the API with your rights.", tokenLabel: "What for", makeToken: "Make a token", tokenOnce: "Copy it now: it is shown this once", noTokens: "No tokens yet", made: "Made",
  },
  users: {
    add: "Add a user", added: "User added", passwordSet: "Password reset", removed: "User removed", removeSure: "Remove user “{name}”? This can't be undone.", roleSet: "Role changed",
    enabled: "User enabled", disabled: "User disabled", state: "State", on: "On", off: "Off", since: "Since", resetPassword: "Reset password", you: "you",
  },
  about: {
    text: "The open-source brain of a smart campus: see the place, ask the way.", version: "Version {version}, Python {python}", dataDir: "Data folder: {dir}", maps: "Map sources", parts: "Open-source parts", part: "Part", partVersion: "Version", licence: "Licence",
  },
  campuses: {
    import: "Import a campus", none: "No campus yet: import a map to begin", name: "Campus", counts: "Contents", revision: "Revision", imported: "Imported", removed: "“{name}” removed",
    removeSure: "Remove “{name}” with all its revisions? This can't be undone.", line: "Id {id} · revision {revision} · from {source}", export: "Export", features: "Places", check: "Check report", closures: "Closures", revisions: "Revisions",
  },
  calendar: {
    title: "Calendar", text: "Forecasts, savings and anomalies go by this calendar: workdays, days off, terms and closures. A new calendar holds from the next forecast on.", own: "This campus's own calendar, changed by {who} on {when}", ofMap: "Not set yet: only the public holidays of the map's country hold.", country: "Country (ISO code)", noCountry: "No public holidays", region: "State or province (optional)", regionHint: "For example ENG, BY",
    holidays: "Further days off", workdays: "Further days of work", none: "None", spans: "Terms, vacations, closures and events", spanName: "Name, e.g. autumn term", first: "First day", last: "Last day", closed: "Closed, nobody works", addSpan: "Add a span", saved: "Calendar saved", reset: "Back to default", resetSure: "Delete this campus's own calendar, and go by the country's public holidays alone?", resetDone: "The default calendar holds again",
    ahead: "Days of the next 120 that are unlike others", nothingAhead: "None", kind: { off: "off", worked: "worked" },
  },
  export: { imdf: "IMDF (indoor map)", geojson: "GeoJSON", brick: "Brick (devices and points)", xlsx: "Excel (rooms and teams)", csv: "CSV (rooms and teams)" },
  type: {
    venue: "Venue", building: "Buildings", level: "Levels", unit: "Rooms", opening: "Doors", amenity: "Facilities", occupant: "Occupants", geofence: "Zones", section: "Sections", team: "Teams", pathway: "Ways",
  },
  import: {
    title: "Import a campus map", drop: "Drop a map file here, or click to choose", formats: "OSM (.osm, .osm.pbf), IMDF (.zip), GeoJSON, Brick (.ttl) or Haystack (.json)", size: "{mb} MB", format: "File format", crs: "Coordinates", name: "Campus name", nameHint: "Empty: the name in the file",
    into: "Devices and points onto", intoHint: "Empty: a campus of its own",
    mapping: "Field mapping (optional, for GeoJSON)", replace: "Replace the campus of that name", allOrNothing: "All or nothing: a refused file leaves no trace.", choose: "Choose a file", start: "Import", done: "Imported", repairs: "Repairs on the way in: {n}", another: "Import another", look: "See the check report",
    format_: { auto: "Detect", osm: "OSM", imdf: "IMDF", geojson: "GeoJSON", brick: "Brick", haystack: "Haystack" },
    crs_: { wgs84: "WGS 84 (GPS, OSM)", gcj02: "GCJ-02 (Amap, Tencent)", bd09: "BD-09 (Baidu)" },
    stage: { sending: "Uploading", waiting: "Waiting", read: "Reading", saved: "Saving" },
  },
  severity: { error: "Error", warning: "Warning", info: "Note" },
  rule,
  check: {
    check: "Check", repairs: "Repairs", severity: "Severity", rule: "Rule", text: "Filter", finding: "Finding and remedy", locate: "Show on the map", clean: "All is well: nothing found", noRepairs: "Nothing had to be repaired", noneFit: "Nothing fits the filter",
  },
  features: {
    type: "Type", level: "Level", filter: "Filter by name, number or id", name: "Name", number: "Number", category: "Category", map: "Map", saved: "Saved as a new revision", nameZh: "Chinese name", nameEn: "English name", aliases: "Aliases", aliasText: "Alias", aliasKind: "Kind of alias", addAlias: "Add an alias",
    hoursHelp: "OSM opening hours: Mo-Fr are weekdays, PH off closes on public holidays", open: "Open to all", why: "Why", whyHint: "For example: the team has moved",
  },
  aliasKind: { alias: "Nickname", former: "Former name", short: "Short name", ref: "Number" },
  language: { zh: "Chinese", en: "English" },
  closures: {
    add: "Close something", none: "Nothing is closed", what: "What", active: "Active", inactive: "Inactive", reason: "Why", from: "From", until: "Until", atOnce: "At once", open: "Open-ended", reopen: "Re-open", reopened: "Re-opened", added: "Closed: routes now go around it", area: "An area",
    search: "Search a door, a lift, a room", liftHint: "Closing a lift on one level closes the whole lift.", times: "When", reasonHint: "For example: lift maintenance", close: "Close it",
  },
  revisions: {
    inLanguage: "{name} ({language})", none: "No revisions yet", noWhy: "(no reason given)", changes: "changes: {n}", imported: "imported", undo: "Undo", undoWhy: "Why undo revision {n}?", whyNeeded: "Please say why", undone: "Revision {n} undone",
  },
  field: {
    name: "name", alt_name: "other name", hours: "hours", accessibility: "accessibility", restriction: "access", geometry: "place or shape", text: "text", reason: "why", feature_ids: "what", feature_id: "of", language: "language", kind: "kind", weight: "weight", starts_at: "from", ends_at: "until", ordinal: "level",
  },
  category,
};
