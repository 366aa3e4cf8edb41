"""Write the table of Brick's classes anew from the ontology: python tests/campus/write_brick_classes.py Brick.ttl"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from rdflib import OWL, RDF, RDFS, Graph, Namespace, URIRef

BRICK = Namespace("https://brickschema.org/schema/Brick#")
TABLE = Path(__file__).parents[2] / "src" / "yuanli" / "campus" / "equipment" / "classes.csv"
KINDS = {"Point": "point", "Equipment": "equipment", "Location": "location", "Collection": "collection"}
ROOTS = {"Entity", "Class"}


def ancestors(graph: Graph, name: URIRef) -> set[URIRef]:
    found: set[URIRef] = set()
    waiting = [name]
    while waiting:
        for parent in graph.objects(waiting.pop(), RDFS.subClassOf):
            if isinstance(parent, URIRef) and parent.startswith(BRICK) and parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def local(term: object) -> str:
    return str(term).rpartition("#")[2]


def main(ontology: str) -> None:
    graph = Graph().parse(ontology, format="turtle")
    rows = []
    for name in graph.subjects(RDF.type, OWL.Class):
        if not isinstance(name, URIRef) or not name.startswith(BRICK):
            continue
        above = ancestors(graph, name) | {name}
        kind = next((k for root, k in KINDS.items() if BRICK[root] in above), None)
        if kind is not None:
            parents = sorted(
                local(p) for p in graph.objects(name, RDFS.subClassOf) if p in above and local(p) not in ROOTS
            )
            tags = sorted(local(tag) for tag in graph.objects(name, BRICK.hasAssociatedTag))
            same = sorted(local(other) for other in graph.objects(name, BRICK.aliasOf))
            rows.append((local(name), kind, " ".join(parents), " ".join(tags), " ".join(same)))
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "kind", "parents", "tags", "same_as"))
        writer.writerows(sorted(rows))


if __name__ == "__main__":
    main(sys.argv[1])
