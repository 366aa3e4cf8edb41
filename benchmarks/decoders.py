"""The decoders of readings under 100,000 random and mutated inputs each: none may crash, none may take long.

python -m benchmarks.decoders [--inputs 100000] [--seed 4]
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from typing import Any

from yuanli.errors import InvalidInputError
from yuanli.telemetry import (
    SparkplugNodes,
    decode_csv,
    decode_json,
    decode_json_lines,
    decode_line_protocol,
)
from yuanli.telemetry.parsing.sparkplug_wire import MESSAGES, payload_class

SLOW_S = 0.25
"""CPU time for one input of some kilobytes: longer is a stuck worker."""
TOKENS = {
    "json": [b"{", b"}", b"[", b"]", b'"point"', b'"ts"', b'"value"', b'"values"', b":", b",", b"null", b"true",
             b"1e999", b"-0", b"NaN", b'"\\ud800"', b"1777593600", b'"2026-05-01T00:00:00Z"', b"9" * 400,
             b"[" * 500, b'{"a":' * 200],
    "line": [b",", b"=", b" ", b"\\", b'"', b"\n", b"#", b"1i", b"t", b"1e999", b"9" * 400, b"\xff",
             b"m value=1", b"\\\\\\"],
    "sparkplug": [b"\x00", b"\xff" * 10, b"\x12", b"\x0a", b"\x4a", b"\x12\x80\x80\x80\x80\x08", b"\x0b" * 100],
    "csv": [b",", b";", b"\t", b'"', b"\n", b"\r", b"ts,point,value\n", b"2026-05-01T00:00:00Z", b"\x00",
            b'"' * 300, b"=1+1"],
}  # fmt: skip


def sparkplug_sample() -> bytes:
    message = payload_class()(timestamp=1_777_593_600_000, seq=1)
    metric = message.metrics.add(name="temp", alias=1, datatype=9, float_value=21.5)
    metric.properties.keys.append("Quality")
    metric.properties.values.add(type=3, int_value=192)
    message.metrics.add(alias=1, datatype=3, int_value=2**32 - 1, timestamp=5)
    return bytes(message.SerializeToString())


SAMPLES = {
    "json": [
        json.dumps(document).encode()
        for document in (
            {"point": "a", "ts": 1_777_593_600, "value": 1.5, "unit": "kW", "quality": "good"},
            [
                {"point": "a", "value": "7"},
                {"device": "d", "ts": "2026-05-01T00:00:00Z", "values": {"x": True}},
            ],
            {"d1": [{"ts": 1_777_593_600_000, "values": {"t": 1, "h": {"value": 2}}}]},
        )
    ],
    "line": [b'cpu\\ x,device=a,unit=kW value=1.5,n=2i,s="a \\" b" 1777593600000000000\n# c\nm value=t\n'],
    "sparkplug": [sparkplug_sample()],
    "csv": [
        b"ts,point,value,unit\n2026-05-01T00:00:00Z,a,1.5,kW\n2026-05-01T00:00:00Z,b,,\n",
        b'time;"a";b\n2026-05-01T00:00:00Z;1;2\n',
    ],
}


def sparkplug(content: bytes) -> None:
    nodes = SparkplugNodes()
    for kind in ("NBIRTH", "NDATA", "NDEATH"):
        nodes.decode(f"spBv1.0/g/{kind}/n", content)
    nodes.restore(nodes.document())


DECODERS: dict[str, tuple[str, Callable[[bytes], object]]] = {
    "JSON": ("json", decode_json),
    "JSON Lines": ("json", decode_json_lines),
    "line protocol": ("line", decode_line_protocol),
    "Sparkplug B": ("sparkplug", sparkplug),
    "CSV": ("csv", decode_csv),
}


def made_json(rng: random.Random, depth: int = 0) -> Any:
    """Return a document of keys and values that decoders know, in any order and nesting."""
    how = rng.random()
    if depth < 4 and how < 0.45:
        keys = rng.sample(KEYS, rng.randrange(1, 5))
        return {key: made_json(rng, depth + 1) for key in keys}
    if depth < 4 and how < 0.6:
        return [made_json(rng, depth + 1) for _ in range(rng.randrange(4))]
    return rng.choice(LEAVES)


def made_payload(rng: random.Random) -> bytes:
    """Return a payload of metrics with any fields."""
    message = payload_class()(timestamp=rng.choice(COUNTS), seq=rng.randrange(300))
    for _ in range(rng.randrange(6)):
        metric = message.metrics.add(datatype=rng.randrange(40), alias=rng.randrange(3))
        for name in rng.sample(sorted(MESSAGES["Metric"]), rng.randrange(6)):
            kind = MESSAGES["Metric"][name][1]
            if kind in VALUES:
                setattr(metric, name, rng.choice(VALUES[kind]))
        metric.properties.keys.append(rng.choice(("Quality", "engUnit", "x")))
        metric.properties.values.add(
            int_value=rng.choice((0, 192, 7)), string_value=rng.choice(("kW", "", "\x00"))
        )
    return bytes(message.SerializeToString())


KEYS = ["point", "name", "ts", "time", "value", "values", "unit", "quality", "device", "readings", "x", ""]
COUNTS = [0, 1, 1_777_593_600, 1_777_593_600_000, 2**63, 2**64 - 1]
LEAVES = [
    None,
    True,
    0,
    -1,
    1.5,
    1e308,
    10**400,
    "",
    "a",
    "1e5",
    "2026-05-01T00:00:00Z",
    "9999-12-31",
    "good",
    *COUNTS,
]
VALUES: dict[str, list[Any]] = {
    "uint32": [0, 1, 2**31, 2**32 - 1],
    "uint64": COUNTS,
    "float": [0.0, -1.5, float("inf"), float("nan")],
    "double": [1e308, float("-inf"), float("nan")],
    "bool": [True, False],
    "string": ["", "temp", "bdSeq", "Node Control/Rebirth", "\x00", "x" * 300],
}
MADE: dict[str, Callable[[random.Random], bytes]] = {
    "json": lambda rng: json.dumps(made_json(rng)).encode(),
    "sparkplug": made_payload,
}


def mutated(rng: random.Random, kind: str) -> bytes:
    """Return random bytes, random tokens, or a good message with a few changes."""
    how = rng.random()
    if how < 0.1:
        return rng.randbytes(rng.randrange(300))
    if how < 0.3:
        return b"".join(rng.choices(TOKENS[kind], k=rng.randrange(40)))
    if how < 0.6 and kind in MADE:
        return MADE[kind](rng)
    content = bytearray(rng.choice(SAMPLES[kind]))
    for _ in range(rng.randrange(1, 6)):
        at, change = rng.randrange(len(content) + 1), rng.randrange(5)
        if change == 0:
            content[at : at + 1] = bytes([rng.randrange(256)])
        elif change == 1:
            content[at:at] = rng.choice(TOKENS[kind])
        elif change == 2:
            del content[at : at + rng.randrange(8)]
        elif change == 3:
            content[at:at] = content[rng.randrange(len(content) + 1) :][: rng.randrange(60)]
        else:
            content = content[:at] if rng.random() < 0.2 else content + content[at:]
    return bytes(content)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=4)
    given = options.parse_args()
    print(
        "| decoder | inputs | read | refused | other errors | slowest CPU ms | CPU s |\n|---|---|---|---|---|---|---|"
    )
    for name, (kind, decode) in DECODERS.items():
        rng = random.Random(given.seed)
        read = refused = broken = 0
        slowest, began = 0.0, time.process_time()
        for _ in range(given.inputs):
            content = mutated(rng, kind)
            before = time.process_time()
            try:
                decode(content)
                read += 1
            except InvalidInputError:
                refused += 1
            except Exception as error:
                broken += 1
                print(f"{name}: {error!r} for {content!r}")
            slowest = max(slowest, time.process_time() - before)
        cpu_s = time.process_time() - began
        print(
            f"| {name} | {given.inputs:,} | {read:,} | {refused:,} | {broken} | {slowest * 1e3:.1f} | {cpu_s:.0f} |",
            flush=True,
        )
        if broken or slowest > SLOW_S:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
