export default {
  reports: {
    text: "What the park used, cost and saw, as PDF, Excel or CSV: when asked for, or by itself each day, week or month.", add: "New report", change: "Change the report", none: "No report yet", noRuns: "Not made yet", make: "Make now",
    name: "Name", nameHint: "Such as: weekly operations report", period: "Span", place: "Of", site: "The whole campus", sections: "Contents, in this order", formats: "Formats", language: "Language", schedule: "Schedule", onDemand: "Only when asked for", up: "Move up", down: "Move down",
    removeSure: "Remove the report with all its files?",
    language_: { zh: "Chinese", en: "English" },
    period_: { day: "Last day", week: "Last week", month: "Last month" },
    after: { day: "each day at", week: "each Monday at", month: "on the 1st of each month at" },
    section: { energy: "Energy", cost: "Cost and carbon", ranking: "Ranking by electricity", air: "Indoor air", people: "People", devices: "Devices", anomalies: "Anomalies and alarms", savings: "Savings", forecast: "Tomorrow", quality: "Quality of readings" },
    format: { pdf: "PDF", xlsx: "Excel", csv: "CSV" },
  },
};
