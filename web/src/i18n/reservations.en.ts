export default {
  reservations: {
    text: "Meeting rooms and the like: click a free time to reserve, or your own reservation to change it. A room is never held by two at once.", zone: "Times are of the campus ({zone}), where it is {time} now: your device is in another zone.", calendar: "Download my reservations of 90 days for my calendar (.ics)", roomCalendar: "Download this room's next 90 days (.ics)", day: "Day", mine: "My reservations", use: "Use",
    find: "Find a room by name", least: "Holds at least", count: "{shown} of {all} rooms", clickToReserve: "Reserve {room}",
    date: "Date", change: "Change", by: "Reserved by {who}", time: "Time", people: "People", what: "Title", private: "Only you and the facility staff see it", reserve: "Reserve", room: "Room", none: "You have no reservations", cancel: "Cancel it", cancelSure: "Cancel this reservation?",
    week: "Open hours of the last 7 days: {booked} booked, {occupied} occupied; nobody came to {absent} of {watched} bookings.", booked: "Booked", occupied: "Occupied", absent: "No-shows",
    shortage: { title: "The chance that no room is free", text: "In the busiest hour of these days, by number of rooms (Erlang B): where it is near 0 with fewer rooms, some can be spared.", rooms: "rooms", short: "with other numbers", today: "with today's {n}" },
    sizes: { title: "How many are enough", desks: "Desks", toilets: "Toilet cubicles", parking: "Parking spaces", lifts: "Lifts", place: "Building or level (none: the whole site)", people: "People", presence: "Share that comes, %", perHour: "Visits an hour", cars: "Cars in the busiest hour", stay: "Minutes of a visit", parked: "Minutes that a car stays", wait: "Wait at most, minutes", number: "How many there are", auto: "As known", show: "Reckon", chance: "Chance of shortage", count: "Number", enough: "{n} are enough: the chance is 5 % at most.", notEnough: "None of these is enough: the chance is above 5 %.", today: "with today's {n}" },
  },
};
