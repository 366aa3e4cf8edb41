export default {
  devices: {
    text: "What runs, what is set and what is wrong; operators command devices from here.", list: "Devices", log: "Commands", find: "Name, place, kind …", anyKind: "Any kind", chosen: "Chosen: {n}", all: "All that are shown", none: "No device is registered", device: "Device", place: "Place", state: "State", setpoint: "Set to", at: "Last reading",
    confirm: "Command devices", go: "Send it", done: "Done", partly: "Not done: {n}", old: "Now", new: "Then", leftOut: "Left out: {n}", lock: "Lock", unlock: "Unlock", locked: "Locked devices", waiting: "Waiting for their time, or until nobody is left", atTime: "at {time}", repeated: "again and again, next at {time}", onceEmpty: "once nobody is in {place}", until: "until {time}", notDone: "Orders that ended without being done", giveUp: "Give up",
    when: "When", who: "Who", change: "Change", answer: "Answer", noWrites: "Nothing was written to devices yet",
    condition: { on: "On", off: "Off", fault: "Fault", heard: "Reporting", unknown: "Silent" },
    action: { on: "Switch on", off: "Switch off", set: "Set", scene: "Scene" },
    write: { pending: "Sent", acknowledged: "Done", refused: "Refused", failed: "Failed", unknown: "No answer" },
    kind: { lighting: "Lighting", hvac: "Air conditioning", ventilation: "Ventilation", plant: "Plant", shading: "Shading", screens: "Screens", sockets: "Sockets", charging: "Chargers" },
    brick: { Sensor_Equipment: "sensor", Occupancy_Sensor_Equipment: "occupancy sensor", Smoke_Detector: "smoke detector", Surveillance_Camera: "camera", Access_Reader: "access reader", Electrical_Meter: "electricity meter", UPS: "UPS", Wireless_Access_Point: "Wi-Fi access point", Entry_Exit_Counter: "door counter", CO_Sensor_Equipment: "CO detector", Elevator: "lift", People_Counter: "people counter", Building_Electrical_Meter: "main electricity meter", Building_Water_Meter: "main water meter", Building_Gas_Meter: "main gas meter", Water_Meter: "water meter", Gas_Meter: "gas meter", PV_Array: "PV array", Parking_Guidance_System: "parking guidance", Leak_Detector: "leak detector", Escalator: "escalator", Transformer: "transformer", Vehicle_Counter: "vehicle counter", Weather_Station: "weather station" },
    attribute: { temperature: "Temperature", humidity: "Humidity", brightness: "Brightness", speed: "Speed", position: "Position", flow: "Flow", pressure: "Pressure", co2: "CO₂", mode: "Mode" },
  },
};
