"""Times in whole utterances of MASSIVE, against what they mean by hand: `python -m benchmarks.grounding FOLDER`.

FOLDER holds the files that `grounding.yaml` names, JSON Lines with `id` and `text`.
"""

import gzip
import json
import sys
import time
from pathlib import Path

import yaml
from tests.language.grounding_tables import expected_of, grounded


def texts_of(path: Path) -> dict[str, str]:
    content = path.read_bytes()
    lines = (gzip.decompress(content) if path.suffix == ".gz" else content).decode().splitlines()
    return {str(row["id"]): row["text"] for row in map(json.loads, lines)}


def main(folder: Path) -> None:
    sets = yaml.load(Path(__file__).with_suffix(".yaml").read_text("utf-8"), yaml.BaseLoader)
    for name, rows in sets.items():
        texts = texts_of(folder / name)
        language = "zh" if "zh" in name else "en"
        right, began = 0, time.perf_counter()
        for row, expected in rows.items():
            case = ("when", language, "future", "2026-03-04T10:30", texts[row].replace("|", " "), expected)
            wanted, found = expected_of(case), grounded(case)
            right += found == wanted
            if found != wanted:
                print(f"{name} {row}: {texts[row]}\n    meant {wanted}\n    found {found}")
        spent_ms = 1000 * (time.perf_counter() - began) / len(rows)
        print(f"{name}: {right} of {len(rows)} right, {spent_ms:.2f} ms each")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
