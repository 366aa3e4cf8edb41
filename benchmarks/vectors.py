"""Sentence vectors for search: a question to the sentence that answers it (cmrc2018), a saying to its like (Sara).

python benchmarks/vectors.py ../shared/data/nlu ../shared/models/multilingual-e5-small-zh-en src/yuanli/language/model
"""

from __future__ import annotations

import gzip
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from yuanli.learning import Model

Vectors = Callable[[Sequence[str], str], NDArray[np.float32]]
QUESTIONS, SENTENCES = 1000, 10_000


def base_vectors(folder: str) -> Vectors:
    """Return what a pretrained encoder gives, with the prefixes that it was trained with."""
    import torch

    from yuanli.learning.training.bases import load_base
    from yuanli.learning.training.networks import sentence_vectors

    encoder, tokenizer = load_base(folder, max_length=128)
    encoder.eval()

    def vectors(texts: Sequence[str], kind: str) -> NDArray[np.float32]:
        found = []
        with torch.no_grad():
            for first in range(0, len(texts), 64):
                tokens = tokenizer.encode([f"{kind}: {t}" for t in texts[first : first + 64]])
                ids, mask = map(torch.from_numpy, tokenizer.padded(tokens))
                found.append(sentence_vectors(encoder, ids, mask).numpy())
        return np.concatenate(found)

    return vectors


def model_vectors(folder: str) -> Vectors:
    """Return what an exported model gives."""
    model = Model(Path(folder))
    return lambda texts, kind: model.vectors(texts)


def bm25(
    queries: Sequence[str], texts: Sequence[str], k1: float = 1.5, b: float = 0.75
) -> NDArray[np.float32]:
    """Return the scores of texts for queries, shape `(n_queries, n_texts)` (Robertson et al. 1995), on bigrams."""
    terms: dict[str, int] = {}

    def counts(items: Sequence[str], known: bool) -> csr_matrix:
        rows, columns, values = [], [], []
        for row, text in enumerate(items):
            pairs = [text[i : i + 2] for i in range(len(text) - 1)]
            for term, count in Counter(pairs).items():
                if known and term not in terms:
                    continue
                rows.append(row)
                columns.append(terms.setdefault(term, len(terms)))
                values.append(count)
        return csr_matrix((values, (rows, columns)), shape=(len(items), len(terms)), dtype=np.float32)

    found = counts(texts, known=False)
    asked = counts(queries, known=True)
    holding = np.asarray((found > 0).sum(0)).ravel()
    weight = np.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
    lengths = np.asarray(found.sum(1)).ravel()
    found = found.tocoo()
    scale = k1 * (1 - b + b * lengths[found.row] / lengths.mean())
    found.data = weight[found.col] * found.data * (k1 + 1) / (found.data + scale)
    return np.asarray((asked @ found.tocsr().T).toarray())


def answers(folder: Path) -> tuple[list[str], list[str], list[int]]:
    """Return questions, sentences, and which sentence answers each question."""
    document = json.loads(gzip.decompress((folder / "cmrc2018" / "dev.squad.json.gz").read_bytes()))
    questions, sentences, right = list[str](), list[str](), list[int]()
    for article in document["data"]:
        for paragraph in article["paragraphs"]:
            text, first = paragraph["context"], len(sentences)
            cuts = [m.end() for m in re.finditer("[。！？]", text)] + [len(text)]
            spans = [(a, b) for a, b in zip([0, *cuts], cuts, strict=False) if text[a:b].strip()]
            sentences += [text[a:b] for a, b in spans]
            for item in paragraph["qas"]:
                start = text.find(item["answers"][0]["text"])
                inside = [i for i, (a, b) in enumerate(spans) if a <= start < b]
                if inside:
                    questions.append(item["question"])
                    right.append(first + inside[0])
    few = random.Random(0).sample(range(len(questions)), QUESTIONS)
    few = [i for i in few if right[i] < SENTENCES]
    return [questions[i] for i in few], sentences[:SENTENCES], [right[i] for i in few]


def recall(scores: NDArray[np.float32], right: Sequence[int], most: int) -> float:
    """Return the share of queries whose right text is among the best."""
    places = (scores > scores[np.arange(len(right)), right][:, None]).sum(1)
    return float((places < most).mean())


def fused(*scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return reciprocal rank fusion (Cormack et al. 2009)."""
    return np.asarray(np.sum([1 / (60 + (-s).argsort(1).argsort(1)) for s in scores], axis=0))


def main(folder: Path, base: str, models: Sequence[str]) -> None:
    """Print a row a model."""
    questions, sentences, right = answers(folder)
    rows = [
        json.loads(line) for line in (folder / "rasa_sara" / "train.jsonl").read_text("utf-8").splitlines()
    ]
    sayings = [(re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", row["text"]), row["intent"]) for row in rows]
    sayings = random.Random(0).sample(
        [s for s in sayings if s[1] not in ("out_of_scope", "enter_data")], 2000
    )
    words = bm25(questions, sentences)
    print(f"{len(questions)} questions, {len(sentences)} sentences: R@1 / R@10; BM25 {recall(words, right, 1):.3f} "
          f"/ {recall(words, right, 10):.3f}")  # fmt: skip
    for name, vectors in [(base, base_vectors(base)), *((m, model_vectors(m)) for m in models)]:
        scores = vectors(questions, "query") @ vectors(sentences, "passage").T
        both = fused(scores, words)
        said = vectors([text for text, _ in sayings], "query")
        near = said @ said.T - 2 * np.eye(len(said))
        same = np.mean([sayings[i][1] == sayings[j][1] for i, j in enumerate(near.argmax(1))])
        print(f"{name}: {recall(scores, right, 1):.3f} / {recall(scores, right, 10):.3f}; with BM25 "
              f"{recall(both, right, 1):.3f} / {recall(both, right, 10):.3f}; saying alike {same:.3f}")  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
