export default {
  devices: {
    text: "What runs, what is set and what is wrong; operators command devices from here.", list: "Devices", log: "Commands", find: "Name, place, kind …", anyKind: "Any kind", chosen: "Chosen: {n}", all: "All that are shown", none: "No device is registered", device: "Device", place: "Place", state: "State", setpoint: "Set to", at: "Last reading",
    confirm: "Command devices", go: "Send it", done: "Done", partly: "Not done: {n}", old: "Now", new: "Then", leftOut: "Left out: {n}", lock: "Lock", unlock: "Unlock", locked: "Locked devices", waiting: "Waiting until nobody is left", onceEmpty: "once nobody is in {place}", until: "until {time}", giveUp: "Give up",
    when: "When", who: "Who", change: "Change", answer: "Answer", noWrites: "Nothing was written to devices yet",
    condition: { on: "On", off: "Off", fault: "Fault", unknown: "Not told" },
    action: { on: "Switch on", off: "Switch off", set: "Set", scene: "Scene" },
    write: { pending: "Sent", acknowledged: "Done", refused: "Refused", failed: "Failed", unknown: "No answer" },
    kind: { lighting: "Lighting", hvac: "Air conditioning", ventilation: "Ventilation", plant: "Plant", shading: "Shading", screens: "Screens", sockets: "Sockets", charging: "Chargers" },
    attribute: { temperature: "Temperature", humidity: "Humidity", brightness: "Brightness", speed: "Speed", position: "Position", flow: "Flow", pressure: "Pressure", co2: "CO₂", mode: "Mode" },
  },
};
