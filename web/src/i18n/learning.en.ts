export default {
  datasets: {
    upload: "Upload a data set", send: "Upload", none: "No data set yet: upload examples to begin", name: "Name", examples: "Examples", names: "Labels / span types", version: "Version", uploaded: "Uploaded", label: "Label", added: "Examples uploaded: {n}",
    removed: "Removed “{name}”", removeSure: "Remove “{name}” and all its labels? This can't be undone.", drop: "Drop files here, or click to choose", formats: "YAML, JSONL (MASSIVE too), Rasa, CSV, Excel; for BIO choose seq.in, seq.out and label together",
    reviewers: "Reviewers per example", licence: "Licence and source", allOrNothing: "All or nothing: lines with faults are listed one by one.", line: "{n} examples · version {version} · uploaded by {who}, {when}", exportUploaded: "Export: labels as uploaded", exportFinal: "Export: final labels",
    statistics: "Statistics", findings: "Cleaning", leaks: "Leaks", agreement: "Agreement", clean: "Nothing found", where: "Where", kind: "Kind", more: "Not listed: {n} more", leaksText: "Compare with another data set: what is tested on must not be in what is learned from.", noOther: "There is no other data set to compare with",
    against: "Choose the training data set", noLeaks: "No leaks", here: "This data set", there: "Training data set",
    format: { auto: "Detect", yaml: "YAML markup", jsonl: "JSONL / MASSIVE", rasa: "Rasa", csv: "CSV", excel: "Excel" },
  },
  statistic: { count: "Examples", labels: "Labels", types: "Span types", spans: "Spans per example", words: "Different words", length: "Length (characters)", languages: "Languages", imbalance: "Largest over smallest label", evenness: "Evenness", contexts: "With a context", augmented: "Augmented", conditions: "Conditions" },
  dataFinding: { empty: "No text", damaged: "Damaged", control: "Control characters", too_long: "Too long", span_edges: "Span edges", duplicate: "Duplicate", label_conflict: "Labels differ", span_conflict: "Spans differ", rare_label: "Rare label" },
  leak: { exact: "Equal", normalised: "Written otherwise", derived: "Augmented", near: "Alike" },
  labelState: { open: "Open", agreed: "Agreed", disputed: "Disputed", decided: "Decided" },
  labelling: {
    of: "Label {name}", back: "Back to the data set", progress: "Progress", done: "{mine} labelled, {left} left", number: "Example {n} of {total}", saved: "Labelled by me", byWord: "By word", byCharacter: "By character", context: "Before:", board: "The text to label",
    types: "Span types (select text first)", typeOfSelection: "Type of the selected text", label: "Label", all: "All {n}", noNames: "Nothing to choose from", noName: "No such name", search: "Type to search", previous: "Previous", skip: "Skip", undo: "Undo", unmark: "Remove span", saveNext: "Save and go on",
    allDone: "All done", allDoneText: "No example waits for you.", reviewers: "Reviewers", both: "Both", kappa: "Cohen's kappa: how far labels agree beyond chance, at most 1", sameLabel: "Same label", spanF1: "Span F1", exact: "All equal", noPairs: "No example has labels of two people yet (each needs {n}).",
    take: "Take this", correct: "Correct and take", adjudicate: "Adjudicate", decided: "Decided", finalBy: "Final ({name})", keys: "Keys",
    empty: { disputed: "Nothing is disputed", decided: "Nothing is decided yet", agreed: "Nothing is agreed yet" },
    key: { move: "move", select: "select", choose: "type of the selection, else label", grain: "word / character", unmark: "remove span", undo: "undo", page: "previous / skip", save: "save and go on" },
  },
  runs: {
    text: "Read only; tick several to compare them", textFolder: "Read only, from {folder}; tick several to compare them", none: "No training runs in this folder yet. Write them here with yuanli learn train -o.", run: "Run", base: "Base and method", seed: "Seed", time: "Time", steps: "{n} steps", scores: "Scores", score: "Score", made: "Data and code", curves: "Curves", step: "Step", noCurve: "No curve",
    noScores: "No scores", difference: "{second} − {first}", interval: "95 % interval {low} to {high}", pairedText: "Intervals and p-values by paired approximate randomisation on the same test examples.", sameData: "Both learned from the same data.", otherData: "They learned from different data.", recipe: "Recipe", knob: "Knob", environment: "Environment and data (train / dev / test)",
    state: { done: "Done", unfinished: "Unfinished", broken: "Broken" },
    measure: { loss: "Loss", learning_rate: "Learning rate", grad_norm: "Gradient norm", eval_score: "Dev: overall score", eval_label: "Dev: label accuracy", eval_spans: "Dev: span F1", eval_exact: "Dev: all right", eval_macro_f1: "Dev: macro F1" },
  },
};
