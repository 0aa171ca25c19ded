"""Which pieces of speech go into a batch.

A batch is made of pairs: two crops of one speaker. Most pairs are drawn speaker-balanced from all corpora, with the
single-word corpora capped. The rest come in same-text groups: speakers of one word corpus who all say the same two
words, the first word in the first crop and the second in the second. There, the impostors of a crop share its text
and its true partner does not, so hearing the words instead of the voice costs dearly.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from .corpus import RATE, WORD_CORPORA, Corpus, Utterance

SPEEDS = (1.0, 0.9, 1.1)
"""Each is another person. A checkpoint of fewer speeds is one of the first of them."""
SPEED_SHARES = (0.5, 0.25, 0.25)
FAMILY = {"ls100": "librispeech", "lsdev": "librispeech", "gsc": "words", "gsc1": "words", "dsp20": "words", "arabic": "words"}
"""Corpora that sound alike; the others are families of their own."""


@dataclass(frozen=True)
class BatchPlan:
    """How a batch is put together: `groups` same-text groups of `group_speakers` pairs each among `pairs` pairs."""

    pairs: int = 32
    groups: int = 1
    group_speakers: int = 8
    word_share: float = 0.12
    """Share of word-corpus speakers among the pairs outside the same-text groups."""
    family_share: float = 0.5
    """How often all those other pairs come from one family of corpora, so that the pair loss meets hard impostors:
    telling a LibriSpeech reader from a telephone caller teaches nothing about voices."""
    tile_share: float = 0.3
    """How often a short recording fills the crop alone (repeated) instead of being followed by others."""


class Sampler:
    """Draws batches. `labels` of speed s: speaker index + s * number of speakers."""

    def __init__(self, corpus: Corpus, speakers: dict[str, list[Utterance]], words: dict[int, int], plan: BatchPlan):
        self.corpus, self.plan = corpus, plan
        self.names = sorted(speakers)
        self.utterances = [speakers[name] for name in self.names]
        self.classes = len(self.names) * len(SPEEDS)
        self.weights = self._weights()
        self.families = np.array([FAMILY.get(u[0].corpus, u[0].corpus) for u in self.utterances])
        self.text = self._by_text(words)

    def _weights(self) -> np.ndarray:
        """Chance of each speaker: root of their seconds (at most 150 s count), words scaled to their share. [speakers]."""
        word = np.array([u[0].corpus in WORD_CORPORA for u in self.utterances])
        weights = np.array([math.sqrt(min(sum(x.samples for x in u) / RATE, 150)) for u in self.utterances])
        if word.any() and not word.all():
            weights[word] *= self.plan.word_share / weights[word].sum()
            weights[~word] *= (1 - self.plan.word_share) / weights[~word].sum()
        return weights / weights.sum()

    def _by_text(self, words: dict[int, int]) -> list[dict[int, dict[int, list[Utterance]]]]:
        """Per word corpus: word -> speaker index -> recordings of that word."""
        tables: dict[str, dict] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
        for index, utterances in enumerate(self.utterances):
            for utterance in utterances:
                if utterance.number in words:
                    tables[utterance.corpus][words[utterance.number]][index].append(utterance)
        return [table for table in tables.values() if len(table) >= 2]

    def _fill(self, rng, first: Utterance, others: list[Utterance] | None, need: int) -> np.ndarray:
        """int16 [need]: a random cut of `first`; if it is too short, repeated (others None) or followed by `others`."""
        audio = self.corpus.coded if rng.random() < 0.25 else self.corpus.audio
        pieces, total, utterance = [], 0, first
        while total < need:
            start = int(rng.integers(0, utterance.samples - need + 1)) if utterance.samples > need else 0
            piece = audio[utterance.offset + start : utterance.offset + start + min(need, utterance.samples)]
            pieces.append(piece)
            total += len(piece)
            if others is not None:
                utterance = others[rng.integers(len(others))]
        return np.concatenate(pieces)[:need]

    def _pair(self, rng, speaker: int, need: int) -> list[np.ndarray]:
        """Two crops of one speaker, from different recordings where there are several."""
        own = self.utterances[speaker]
        chosen = rng.choice(len(own), 2, replace=len(own) < 2)
        tile = own[0].corpus in WORD_CORPORA and rng.random() < self.plan.tile_share
        return [self._fill(rng, own[i], None if tile else own, need) for i in chosen]

    def _group(self, rng, need: int) -> tuple[list[np.ndarray], list[int]]:
        """One same-text group: (crops of the pairs in order, speaker index per pair)."""
        for _ in range(20):
            table = self.text[rng.integers(len(self.text))]
            one, two = rng.choice(sorted(table), 2, replace=False)
            both = sorted(set(table[one]) & set(table[two]))
            if len(both) >= self.plan.group_speakers:
                speakers = [int(s) for s in rng.choice(both, self.plan.group_speakers, replace=False)]
                crops = []
                for speaker in speakers:
                    for word in (one, two):
                        spoken = table[word][speaker]
                        crops.append(self._fill(rng, spoken[rng.integers(len(spoken))], None, need))
                return crops, speakers
        return [], []

    def _free(self, rng, count: int, taken: list[int]) -> list[int]:
        """`count` more speakers, none of `taken`: from one family (drawn by its weight) or from all."""
        weights = self.weights.copy()
        weights[taken] = 0
        if rng.random() < self.plan.family_share:
            names, places = np.unique(self.families, return_inverse=True)
            big = np.bincount(places, weights > 0) >= count
            if big.any():
                totals = np.bincount(places, weights) * big
                weights[self.families != names[rng.choice(len(names), p=totals / totals.sum())]] = 0
        return [int(s) for s in rng.choice(len(self.names), count, replace=False, p=weights / weights.sum())]

    def batch(self, rng: np.random.Generator, samples: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(int16 [2 * pairs, longer than samples], labels [2 * pairs], speeds [2 * pairs]); rows 2i and 2i+1 are a pair.

        The rows are as long as the fastest speed needs; the augmenter resamples them to `samples`.
        """
        need = int(samples * max(SPEEDS)) + 4
        crops, speakers = [], []
        for _ in range(self.plan.groups if self.text else 0):
            group, members = self._group(rng, need)
            crops += group
            speakers += members
        for speaker in self._free(rng, self.plan.pairs - len(speakers), speakers):
            crops += self._pair(rng, speaker, need)
            speakers.append(speaker)
        speed = rng.choice(len(SPEEDS), len(speakers), p=SPEED_SHARES)
        labels = np.array(speakers) + speed * len(self.names)
        return np.stack(crops), labels.repeat(2), np.array(SPEEDS)[speed].repeat(2)
