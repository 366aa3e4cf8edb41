export default {
  energy: {
    expected: { title: "Forecast by place", rest: "The rest", made: "Forecast made at {when}; the parts add up to the whole, the second line is the 80 % interval." },
    medium: { electricity: "Electricity", water: "Water", gas: "Gas", heat: "Heat", pv: "PV" },
    length: { day: "Day", week: "Week", month: "Month" },
    tile: { today: "Today", month: "This month", span: "Span shown", cost: "Cost", carbon: "Carbon", peak: "Peak", base: "Night base load", covered: "Data covered" },
    curve: { title: "Load curve", now: "Span shown", yesterday: "Day before", lastWeek: "Same day last week", before: "Span before", expected: "Forecast" },
    band: { sharp: "Sharp peak", peak: "Peak", flat: "Flat", valley: "Valley", deep: "Deep valley" },
    earlier: "Earlier", later: "Later", date: "Date", place: "Place", from: "From", share: "Share", change: "Change", silent: "{n} more have no data", vsLastWeek: "{change} on last week", vsBefore: "{change} on the span before", example: "at example prices",
    exampleLong: "Prices are examples, not this site's contract: replace them by your own.", toTariffs: "See and change tariffs", factor: "at {kg} kg/{unit}", night: "median of 1–5 h", estimated: "{share}% of it estimated", bandName: "Band", demand: "Demand charge", fedIn: "Fed in", amount: "Amount", price: "Price", saved: "PV saved {cost}", flows: "Energy flows",
    ranking: "Ranking", perM2: "Per m²", noParts: "No part of this place has meter data", heat: "Heat calendar (day × hour)", costs: "Cost by tariff band", nothing: "No data in this time", scaled: "Sub-meters told more than their main meter; they are scaled down to it.",
  },
  tariffs: {
    text: "What a unit costs, the demand charge and carbon factors; costs, carbon, reports and the assistant reckon with them.", own: "This campus's own, changed by {who} on {when}", ofHouse: "Those of the whole installation; this campus has none of its own", example: "examples", mayNot: "Changing them takes the right to edit the place (administrators and editors).", reset: "Back to defaults", resetSure: "Forget this campus's own prices and use those of the installation?",
    prices: "Prices", add: "Add a price", change: "Change a price", medium: "Medium", from: "Valid from", name: "Name", nameZh: "Name in Chinese", nameEn: "Name in English", source: "Source", sourceHint: "a contract's number, a document", price: "Price", one: "One price", banded: "By time of use", demand: "Demand charge", demandHint: "a kW and month, of the month's highest quarter of an hour; empty for none",
    schedule: "Hours", scheduleHint: "A row holds in the months and on the weekdays chosen, in all without; the first that fits counts. Write spans as 08:00-11:00 with commas between; hours not written are flat.", addSchedule: "Add hours", months: "Months", weekdays: "Weekdays", all: "all",
    carbon: "Carbon factors", factor: "Factor", year: "Year", noCarbon: "none", general: "General", currency: "Currency", pvBehindMain: "Main meters already show less by PV", isExample: "Still example prices", removeSure: "Remove this price?", saved: "Saved",
  },
};
