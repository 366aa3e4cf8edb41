export default {
  places: {
    place: "Place", none: "Nothing is measured here yet", nothing: "No readings in this span", expected: "expected, with the range of 80 of 100 such hours", byHour: "Day by day and hour by hour",
    text: { people: "How many people are where, how it was, and how it will be. Where nobody counts, numbers are estimates with their range.", air: "Air and comfort of buildings and levels, by floor area." },
    flow: { title: "In and out", in: "In", out: "Out", net: "Net", day: "Day", entrance: "Entrance", none: "No door here counts people", gates: "The whole campus is counted at its gates; doors of buildings are listed, and not counted again." },
    span: { day: "24 hours", week: "7 days", month: "28 days" },
    quantity: { people: "People", temperature: "Temperature", humidity: "Humidity", co2: "CO₂", pm25: "PM2.5", comfort: "Comfort (PMV)", noise: "Noise", power: "Power" },
  },
  screen: {
    leave: "Back to the console", broken: "Connection lost; trying again", none: "Waiting for readings", byBuilding: "People by building",
    day: { people: "People, last 24 hours", power: "Power, last 24 hours" },
    tile: { people: "People in the park", power: "Power now", energy_today: "Energy today", temperature: "Indoors", co2: "CO₂ indoors", parking_free: "Free parking", devices_on: "Devices on", devices_fault: "Devices in fault" },
  },
};
