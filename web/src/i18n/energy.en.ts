export default {
  energy: {
    medium: { electricity: "Electricity", water: "Water", gas: "Gas", heat: "Heat", pv: "PV" },
    length: { day: "Day", week: "Week", month: "Month" },
    tile: { today: "Today", month: "This month", span: "Span shown", cost: "Cost", carbon: "Carbon", peak: "Peak", base: "Night base load", covered: "Data covered" },
    curve: { title: "Load curve", now: "Span shown", yesterday: "Day before", lastWeek: "Same day last week", before: "Span before", expected: "Forecast" },
    band: { sharp: "Sharp peak", peak: "Peak", flat: "Flat", valley: "Valley", deep: "Deep valley" },
    earlier: "Earlier", later: "Later", date: "Date", place: "Place", from: "From", share: "Share", change: "Change", silent: "{n} more have no data", vsLastWeek: "{change} on last week", vsBefore: "{change} on the span before", example: "at example prices",
    exampleLong: "Prices are examples, not this site's contract: replace them through the API or the settings.", night: "median of 1–5 h", estimated: "{share}% of it estimated", bandName: "Band", demand: "Demand charge", fedIn: "Fed in", amount: "Amount", price: "Price", saved: "PV saved {cost}", flows: "Energy flows",
    ranking: "Ranking", perM2: "Per m²", noParts: "No part of this place has meter data", heat: "Heat calendar (day × hour)", costs: "Cost by tariff band", nothing: "No data in this time", scaled: "Sub-meters told more than their main meter; they are scaled down to it.",
  },
};
