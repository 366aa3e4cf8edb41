"""The search index of a campus at one revision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from math import cos, hypot, radians

from yuanli.campus.features import TABLE_OF, Feature, FeatureId, LevelId
from yuanli.campus.labels import describe, kind_name, name_in, name_of
from yuanli.campus.place import Campus, Spot
from yuanli.campus.search.designators import canonical, marked_basements, numbered
from yuanli.campus.search.entries import IMPORTANCE, entries_of, place_of, searchable
from yuanli.campus.search.folding import compact, foldings, has_han
from yuanli.campus.search.hits import Hit, Match
from yuanli.campus.search.keys import KeyTable, Name, key_table
from yuanli.campus.search.kinds import kind_of, places_of_kind
from yuanli.campus.search.likeness import likeness, typo_score
from yuanli.campus.search.places import Reading, feature_ids, surroundings, without_site
from yuanli.campus.search.sounds import blur, sound_keys, syllables
from yuanli.campus.search.spellings import heard_keys, initial_keys, spoken_keys, typed_keys
from yuanli.errors import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchParams:
    """How much a fit counts, and how many candidates are looked at.

    The order of `exact` to `typo` is what people expect of a search box; the numbers only keep it.

    Parameters
    ----------
    least, guess
        A hit scores at least `least`; a suggestion at least `guess`.
    candidates
        Names looked at for typos, of those that share most letter pairs.
    near_sound
        Chinese names that sound almost alike score at least this, or are not meant: syllables are few.
    elsewhere
        Factor on a place that is not in the house or on the storey asked for.
    """

    least: float = 0.55
    guess: float = 0.35
    candidates: int = 160
    elsewhere: float = 0.62
    canonical: float = 0.97
    pinyin: float = 0.92
    sound: float = 0.88
    initials: float = 0.86
    english_sound: float = 0.76
    near_sound: float = 0.7
    kind: float = 0.74

    def __post_init__(self) -> None:
        if not 0 <= self.guess <= self.least <= 1:
            raise ValueError(f"0 <= guess <= least <= 1 does not hold: {self.guess}, {self.least}")


@dataclass(frozen=True, slots=True)
class _Fit:
    score: float
    how: Match
    text: str


_Fits = dict[int, _Fit]


class SearchIndex:
    """Finds places by any of their names: built once a revision, then only read.

    `search` answers with the places that fit; `suggest` with what may have been meant.
    """

    def __init__(self, campus: Campus, params: SearchParams = SearchParams()) -> None:
        self.campus = campus
        self._params = params
        self._features = searchable(campus)
        self._position = {f.id: i for i, f in enumerate(self._features)}
        where = [feature_ids(campus, feature) for feature in self._features]
        self._buildings = [building_id for building_id, _, _ in where]
        self._levels: list[LevelId | None] = [level_id for _, level_id, _ in where]
        self._importance = [IMPORTANCE[type(f)] for f in self._features]
        self._around = surroundings(campus)
        kind_of("")  # reads the table of kinds now, not while somebody waits for the first answer
        # Equipment is found as it is written: nobody asks for 800 smoke detectors by ear.
        said = self._names(i for i, weight in enumerate(self._importance) if weight >= 0.5)
        things = self._names(i for i, weight in enumerate(self._importance) if weight < 0.5)
        self._plain = key_table(said, typed_keys)
        self._things = key_table(things, typed_keys, paired=False)
        self._spoken = key_table(said, spoken_keys)
        self._initials = key_table(said, initial_keys, paired=False)
        self._sounds = key_table(said, heard_keys)

    def _names(self, positions: Iterable[int]) -> tuple[Name, ...]:
        """Return the names of features, each text once: floors and rooms share most of theirs."""
        bearers: dict[str, list[tuple[int, float]]] = {}
        for i in positions:
            for entry in entries_of(self.campus, self._features[i]):
                bearers.setdefault(entry.text, []).append((i, entry.weight))
        return tuple(Name(text, tuple(rows)) for text, rows in bearers.items())

    def search(
        self,
        text: str,
        *,
        limit: int = 10,
        language: str = "zh",
        kinds: Collection[str] | None = None,
        near: Spot | None = None,
    ) -> tuple[Hit, ...]:
        """Return the places that fit, best first.

        Parameters
        ----------
        text
            A name, number, alias or kind of place, perhaps with its building and level, as people type it.
        limit
            The most hits.
        language
            The language whose names decide between equals.
        kinds
            Tables to search, as `{"building", "unit"}`; all if None.
        near
            Of equal fits the nearest comes first.
        """
        fits = self._fits(text, self._params.least)
        best = max((fit.score for fit in fits.values()), default=0.0)
        if best >= 0.9:
            guesses = (Match.TYPO, Match.SOUND)
            fits = {i: fit for i, fit in fits.items() if fit.how not in guesses or fit.score > best - 0.12}
        return self._hits(fits, self._params.least, limit=limit, language=language, kinds=kinds, near=near)

    def suggest(self, text: str, *, limit: int = 3, language: str = "zh") -> tuple[Hit, ...]:
        """Return what may have been meant where nothing fits: the nearest names, best first."""
        fits = self._fits(text, self._params.guess)
        return self._hits(fits, self._params.guess, limit=limit, language=language, kinds=None, near=None)

    def _fits(self, text: str, least: float) -> _Fits:
        fits: _Fits = {}
        for folded in foldings(marked_basements(text)):
            self._merge(fits, self._all_fits(folded, least), 1.0)
            bare = without_site(folded, self._around.sites)
            if bare != folded:
                self._merge(fits, self._all_fits(bare, least), 0.98)
        self._add_kind(fits, text)
        if (i := self._position.get(FeatureId(text.strip()))) is not None:
            fits[i] = _Fit(1.0, Match.EXACT, text.strip())
        if not any(fit.score >= self._params.least for fit in fits.values()):
            self._add_things(fits, text)
        return fits

    def _add_things(self, fits: _Fits, text: str) -> None:
        """Add equipment whose name holds the text: `烟感` in `A座301烟感探测器`."""
        whole = next((compact(folded) for folded in foldings(text)), "")
        for key in self._things.keys if len(whole) > 1 else ():
            if whole in key:
                _add(fits, self._things, key, 0.66 + 0.16 * len(whole) / len(key), Match.SUBSTRING)

    def _all_fits(self, folded: str, least: float) -> _Fits:
        fits: _Fits = {}
        readings = self._around.readings(folded)
        for number, reading in enumerate(readings):
            found = self._quick(reading.rest)
            if number == 0 or not _good(fits):
                self._merge(found, self._slow(reading.rest, least), 1.0)
            if number > 0:
                self._add_kind(found, reading.rest)
            self._merge(fits, self._in_reading(found, reading), 1.0)
        self._add_storeys(fits, folded)
        return fits

    def _in_reading(self, found: _Fits, reading: Reading) -> _Fits:
        if reading.buildings is None and reading.levels is None:
            return found
        factor = self._params.elsewhere
        return {
            i: replace(fit, score=fit.score * (0.985 if self._admits(reading, i) else factor))
            for i, fit in found.items()
        }

    def _admits(self, reading: Reading, i: int) -> bool:
        return reading.admits(self._buildings[i], self._levels[i])

    def _add_storeys(self, fits: _Fits, folded: str) -> None:
        where = self._around.whole_place(folded)
        if where is None:
            return
        for level_id in where[1]:
            i = self._position.get(level_id)
            if i is not None and self._buildings[i] in where[0]:
                text = name_in(name_of(self._features[i]), "zh") or folded
                self._merge(fits, {i: _Fit(0.97, Match.EXACT, text)}, 1.0)

    def _add_kind(self, fits: _Fits, text: str) -> None:
        kind = kind_of(text)
        for feature in places_of_kind(self.campus, kind) if kind else ():
            i = self._position.get(feature.id)
            if i is not None:
                self._merge(fits, {i: _Fit(self._params.kind, Match.KIND, text.strip())}, 1.0)

    def _merge(self, fits: _Fits, more: _Fits, factor: float) -> None:
        for i, fit in more.items():
            held = fits.get(i)
            score = fit.score * factor
            if held is None or score > held.score:
                fits[i] = fit if factor == 1.0 else replace(fit, score=score)

    def _quick(self, folded: str) -> _Fits:
        """Return the fits that tables give at once: whole names, beginnings, pinyin, initials, sounds."""
        fits: _Fits = {}
        whole = compact(folded)
        if not whole:
            return fits
        params = self._params
        _add(fits, self._plain, whole, 1.0, Match.EXACT)
        _add(fits, self._things, whole, 1.0, Match.EXACT)
        for form in canonical(folded):
            _add(fits, self._plain, form, 1.0 if form == whole else params.canonical, Match.EXACT)
        for form in numbered(folded):
            _add(fits, self._plain, form, params.canonical, Match.EXACT)
        for table in (self._plain, self._things):
            for key in table.starting_with(whole, 300):
                _add(fits, table, key, 0.78 + 0.16 * len(whole) / len(key), Match.PREFIX)
        self._add_spoken(fits, folded, whole)
        for key in sound_keys(folded):
            english = key.startswith("~")
            _add(fits, self._sounds, key, params.english_sound if english else params.sound, Match.SOUND)
        return fits

    def _add_spoken(self, fits: _Fits, folded: str, whole: str) -> None:
        params, han = self._params, has_han(folded)
        parts = syllables(folded) if han else (whole,)
        mixed = han and any("a" <= c <= "z" for c in folded)
        spoken = "".join(parts)
        how, factor = (Match.SOUND, 0.9) if han and not mixed else (Match.PINYIN, params.pinyin)
        _add(fits, self._spoken, spoken, factor, how)
        if not han or mixed:
            for key in self._spoken.starting_with(spoken, 300) if len(spoken) > 1 else ():
                _add(fits, self._spoken, key, 0.66 + 0.2 * len(spoken) / len(key), Match.PINYIN)
            first = "".join(p[0] if h else p for p, h in _initialled(folded)) if mixed else whole
            _add(fits, self._initials, first, params.initials, Match.INITIALS)
            for key in self._initials.starting_with(first, 200) if len(first) > 1 else ():
                _add(fits, self._initials, key, 0.56 + 0.2 * len(first) / len(key), Match.INITIALS)

    def _slow(self, folded: str, least: float) -> _Fits:
        """Return the fits that need comparing: parts of names, and names with typos in letters or sound."""
        fits: _Fits = {}
        whole, words = compact(folded), folded.split()
        if not whole:
            return fits
        for key in self._plain.sharing(whole, self._params.candidates):
            score, how = likeness(whole, words, key)
            if score >= least and not (len(whole) < 4 and whole.isascii() and self._inside_word(whole, key)):
                _add(fits, self._plain, key, score, how)
        heard = "".join(blur(s) for s in syllables(folded)) if has_han(folded) else ""
        for key in self._sounds.sharing(heard, self._params.candidates // 2) if len(heard) > 5 else ():
            score = typo_score(heard, key) - 0.04
            if score >= max(least, self._params.near_sound) and not key.startswith("~"):
                _add(fits, self._sounds, key, score, Match.SOUND)
        latin = whole if whole.isascii() and len(whole) > 4 else ""
        for key in self._spoken.sharing(latin, self._params.candidates // 2) if latin else ():
            score = typo_score(latin, key) - 0.04
            if score >= least:
                _add(fits, self._spoken, key, score, Match.PINYIN)
        jamo = next((k for k in sound_keys(folded) if not k.startswith("~")), "") if not heard else ""
        for key in self._sounds.sharing(jamo, self._params.candidates // 2) if jamo else ():
            score = typo_score(jamo, key) - 0.02
            if score >= least:
                _add(fits, self._sounds, key, score, Match.TYPO)
        return fits

    def _inside_word(self, short: str, key: str) -> bool:
        """Tell whether a few letters begin no word of a name: `atm` in `treatment`."""
        names = (foldings(name.text) for _, name in self._plain.names[key][:1])
        return not any(w.startswith(short) for forms in names for form in forms for w in form.split())

    def _hits(
        self,
        fits: _Fits,
        least: float,
        *,
        limit: int,
        language: str,
        kinds: Collection[str] | None,
        near: Spot | None,
    ) -> tuple[Hit, ...]:
        fitting = [
            i
            for i, fit in fits.items()
            if fit.score >= least and (kinds is None or TABLE_OF[type(self._features[i])] in kinds)
        ]
        ways = {i: self._away(i, near) for i in fitting} if near is not None else {}
        ranked = sorted(
            fitting,
            key=lambda i: (
                -round(fits[i].score, 2),
                -self._importance[i],
                ways.get(i, 0.0),
                -round(fits[i].score, 4),
                len(name_in(name_of(self._features[i]), language)),
                i,
            ),
        )
        return _unlike(
            [self._hit(i, fits[i]) for i in ranked[: max(limit, 0)]], self._features, self._position
        )

    def _away(self, i: int, near: Spot) -> float:
        spot = self.campus.spot(self._features[i].id)
        if spot is None:
            return float("inf")
        east = (spot.lon - near.lon) * cos(radians(near.lat)) * 111_320
        return hypot(east, (spot.lat - near.lat) * 111_320) + 30 * abs(spot.ordinal - near.ordinal)

    def _hit(self, i: int, fit: _Fit) -> Hit:
        feature = self._features[i]
        return Hit(
            feature_id=FeatureId(feature.id),
            place_id=place_of(self.campus, feature),
            feature_type=TABLE_OF[type(feature)],
            name=name_of(feature),
            label=describe(self.campus, feature.id),
            category=str(getattr(feature, "category", None) or getattr(feature, "brick_class", "") or ""),
            score=round(min(max(fit.score, 0.0), 1.0), 4),
            matched=fit.text,
            how=fit.how,
            spot=self.campus.spot(feature.id),
        )


def _good(fits: _Fits) -> bool:
    return any(fit.score >= 0.9 for fit in fits.values())


def _add(fits: _Fits, table: KeyTable, key: str, factor: float, how: Match) -> None:
    for counts, name in table.names.get(key, ()):
        for i, weight in name.bearers:
            score, held = factor * counts * weight, fits.get(i)
            if held is None or score > held.score:
                fits[i] = _Fit(score, how, name.text)


def _initialled(folded: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a mixed question, and whether each is a Chinese character's syllable."""
    for word in folded.split():
        if has_han(word):
            yield from ((s, True) for s in syllables(word))
        else:
            yield word, False


def _unlike(
    hits: list[Hit], features: tuple[Feature, ...], position: dict[FeatureId, int]
) -> tuple[Hit, ...]:
    """Tell hits with one label apart: by kind, by number, by the beginning of the id, by the id."""
    groups: dict[Text, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.label, []).append(hit)
    marked: dict[FeatureId, Hit] = {}
    for label, group in groups.items():
        if len(group) == 1:
            continue
        alike = [features[position[hit.feature_id]] for hit in group]
        kinds = [Text(_kind(f, hit, "zh"), _kind(f, hit, "en")) for f, hit in zip(alike, group, strict=True)]
        refs = [_same(getattr(f, "ref", None) or "") for f in alike]
        short, ids = [_same(hit.feature_id[:8]) for hit in group], [_same(hit.feature_id) for hit in group]
        marks = next(m for m in (kinds, refs, short, ids) if len(set(m)) == len(m) and all(t.zh for t in m))
        for hit, mark in zip(group, marks, strict=True):
            text = Text(f"{label.zh}（{mark.zh}）", f"{label.en} ({mark.en})")
            marked[hit.feature_id] = replace(hit, label=text)
    return tuple(marked.get(hit.feature_id, hit) for hit in hits)


def _kind(feature: Feature, hit: Hit, language: str) -> str:
    return kind_name(feature, hit.category, language)


def _same(text: str) -> Text:
    return Text(text, text)
