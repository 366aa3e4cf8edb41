export default {
  files: {
    drop: "Drop a file here, or click to choose", sending: "Uploading", bring: "Import readings", bringPoints: "Import points", another: "Import another", leave: "Close",
    readings: { formats: "CSV (also .gz), Excel, Parquet; a reading a row, or a column a point", about: "Checked before it is kept: wrong rows are listed; the same file again brings nothing twice." },
    columns: "What the columns hold", samples: "such as {text}", noSamples: "no data", role: { time: "Time", reading: "One point's readings", point: "Point name", value: "Value", unit: "Unit", quality: "Quality", device: "Device", received: "Time received", unused: "Not used" },
    point: "Choose a point", unit: "Unit (the point's)", zone: "Zone of times without one", timeFormat: "Form of times", timeAuto: "automatic", unnamed: "Columns without a point: {n}. Choose a point for each, or “Not used”.",
    stage: { reading: "Checking, {n} readings so far", comparing: "Comparing with what is kept", keeping: "Saving, {n} readings on disk" },
    check: "Check", import: "Import", checked: "Usable readings: {readings}, of points: {points}", fresh: "New", there: "There already", contradicting: "Differ from what is kept (which stays)", repeated: "Twice in the file", faulty: "Wrong", unknown: "Of unknown points",
    leaveOut: "Leave the {n} wrong ones out and import the rest", allOrNothing: "Nothing is kept while {n} are wrong.", faults: "Wrong rows", faultsMore: "The first {n} of {total}", unknownPoints: "Points that the campus has not", unknownLine: "{name} (readings: {n}, first in row {row})",
    row: "Row", column: "Column", value: "Content", rule: "What is wrong", done: "Imported", kept: "{kept} new, {there} there already, {conflicts} different, {left} left out", from: "readings: {n}, {from} to {to}", morePoints: "points not shown: {n}",
    points: { formats: "CSV or Excel, a point a row", about: "Columns: {columns}. id and brick_class are needed; a column that is missing stays as it is, an empty cell clears; the same table again changes nothing.", template: "Download the points as a table", told: "Rows: {rows}; points to make: {made}, to change: {changed}", nothing: "The points are like this already: nothing changes", made: "new", changed: "changed", kept: "Points made: {made}, changed: {changed}", undo: "Undo this import", undone: "Undone: the points are as before" },
  },
};
