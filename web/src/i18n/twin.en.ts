export default {
  twin: {
    beside: "side by side",
    title: "Live layers", off: "None", live: "Live", connecting: "Connecting…", broken: "Reconnecting…", choose: "What to show on the map", alarms: "Alarms ({n})",
    layer: { temperature: "Temperature", humidity: "Humidity", co2: "CO₂", comfort: "Comfort", people: "People", power: "Power", devices: "Devices", pm25: "PM2.5", noise: "Noise", illuminance: "Light" },
    note: { temperature: "air temperature", humidity: "relative humidity", co2: "CO₂ in the air", comfort: "how warm it feels: −2 cool, 0 neutral, 2 warm", people: "people per m²", power: "electric power per m²", devices: "what devices do", pm25: "fine dust", noise: "sound level", illuminance: "illuminance" },
    none: "No sensor", silent: "Sensors silent", legend: "Legend: {name}", nothingTold: "No readings yet: the map stays grey until sensors report.",
    device: { off: "Off", on: "On", fault: "Fault", ready: "OK" },
    span: { label: "Time", live: "Live", day: "Last 24 h", week: "Last 7 days" },
    compare: { label: "Compare with", none: "No comparison", day: "A day before", week: "A week before" },
    play: "Play", pause: "Pause", slider: "Time on the map", difference: "Difference",
    card: "Live values", sparkline: "{name}, last 24 h", noSparkline: "Nothing was measured in the last 24 h", noPoints: "There are no sensors here.", devices: "Devices ({n})", setpoint: "set to {value}", noAnswer: "no data", estimate: "{low}–{high}", part: "{n} % of the sensors", more_values: "All values",
    age: { seconds: "{n} s ago", minutes: "{n} min ago", hours: "{n} h ago", days: "{n} d ago" },
    quality: { 0: "Good", 1: "Estimated", 2: "Suspect", 3: "Bad", 4: "No data" },
    quantity: {
      temperature: "Temperature", humidity: "Humidity", co2: "CO₂", illuminance: "Light", noise: "Noise", pm25: "PM2.5", comfort: "Comfort", dissatisfied: "Dissatisfied", people: "People", density: "People per m²", power: "Power", power_density: "Power per m²",
      energy_today: "Energy today", energy_per_m2: "Energy today per m²", energy_per_person: "Energy today per person", parking_free: "Free parking", devices_on: "Devices on", devices_off: "Devices off", devices_fault: "Faults",
    },
    source: { measured: "measured", mean: "mean by floor area", sum: "sum", derived: "computed", count: "heads counted", counters: "door counters", wifi: "from Wi-Fi", co2: "from CO₂", presence: "from presence sensors" },
  },
};
