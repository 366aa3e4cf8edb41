export default {
  anomalies: {
    text: "What leaves its habits: points, machines, energy and water, each with evidence, likely causes and what it has cost so far.",
    list: "Anomalies", savings: "Savings", span: "Span", days: "Last day | Last {n} days", allKinds: "All kinds", found: "anomalies", checked: "points judged", perWeek: "a point and week", costSoFar: "excess energy so far", computed: "computed", heldBack: "held back: more than three of a point a week",
    none: "Nothing unusual", tooLittle: "No point has been measured for three weeks yet: nothing can be judged by its habits", ongoing: "goes on", causes: "Likely causes", figures: "Figures", points: "Points", excess: "Excess", volume: "Alarms by point and week", point: "Point", count: "Count", aWeek: "A week",
    severity: { 1: "Minor", 2: "Look after", 3: "Serious" },
    kind: { equipment: "Air handlers", energy: "Energy", base_load: "Base load", water_leak: "Water leak", system: "Machines", point: "Points" },
    figure: {
      used: "Used", expected: "Expected", days: "Days", observed: "Observed", exceeded: "Beyond the limit", supply_temp: "Supply air, °C", supply_setpoint: "Set point, °C", heating_setpoint: "Heating set point, °C", cooling_setpoint: "Cooling set point, °C", outdoor_temp: "Outdoor air, °C", mixed_temp: "Mixed air, °C", return_temp: "Return air, °C",
      fan_status: "Fan", fan_speed: "Fan speed", return_fan_status: "Return fan", return_fan_speed: "Return fan speed", outdoor_damper: "Outdoor damper", cooling_valve: "Cooling valve", heating_valve: "Heating valve", duct_pressure: "Duct pressure", pressure_setpoint: "Pressure set point",
    },
    savingsText: "What a change saved: what would have been used without it, by weather, calendar and people, less what was. At least 90 days are needed before it, a year at best.",
    meter: "Meter", before: "Baseline, before the change", after: "Period, after the change", people: "Count of people (optional)", noPeople: "Not adjusted", measure: "Measure",
    saved: "saved", interval: "{level} interval", used: "Used", expected: "Expected", usedExpected: "used / expected", sure: "The change is certain: the whole interval lies on one side of nought.", unsure: "No change is certain: the interval holds nought.",
    model: { calendar: "calendar", heating: "heating", cooling: "cooling", both: "heating and cooling", time_of_week: "hour of the week" },
  },
};
