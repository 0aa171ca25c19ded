"""Which recordings of the word corpora say the same word: nobody wrote it down, but it can be found.

In each word corpus the recordings of a speaker are sorted by word, in the same order for everyone. So a speaker's
recordings are a walk through the words that never turns back. Each recording becomes a small picture of its shape (24
moments in time x 13 cepstra; the recording's own and its speaker's mean removed; reduced by PCA and whitened within words), and
the words are learnt as in a hidden Markov model: each speaker's best forward walk (Viterbi), each word's mean picture
over all speakers, again and again.

The words need not all be right: they only have to put equal texts of different speakers into one batch.
Result, in the working folder: words.json {"recording number": word}.
"""

import argparse
import json
from collections import defaultdict

import numpy as np
import torch
from scipy.fft import dct

from .corpus import Corpus, Utterance
from .features import Fbank
from .paths import work_dir

WORDS = {"gsc": 35, "dsp20": 20, "arabic": 40}


def picture(log_mel: np.ndarray, moments: int = 24, cepstra: int = 13) -> np.ndarray:
    """float [frames, mels] -> float [moments * cepstra]: the louder middle of the recording, evenly resampled in time."""
    energy = log_mel.mean(1)
    loud = np.flatnonzero(energy > energy.max() - 0.5 * (energy.max() - energy.min()))
    cut = log_mel[loud[0] : loud[-1] + 1]
    coefficients = dct(cut, norm="ortho", axis=1)[:, :cepstra]
    places = np.linspace(0, len(coefficients) - 1, moments)
    pictures = [np.interp(places, np.arange(len(coefficients)), c - c.mean()) for c in coefficients.T]
    return np.concatenate([*pictures, [np.log(len(cut)) * 20]])


def pictures(corpus: Corpus, speakers: dict[str, list[Utterance]]) -> tuple[np.ndarray, list[int], list[np.ndarray]]:
    """-> (reduced pictures [recordings, 60], recording numbers, rows of each speaker in file order)."""
    fbank, numbers, data, walks = Fbank(), [], [], []
    for utterances in speakers.values():
        usable = [u for u in utterances if u.samples >= 3200]
        own = [picture(fbank.log_mel(torch.tensor(corpus.wave(u))[None])[0].numpy()) for u in usable]
        walks.append(np.arange(len(data), len(data) + len(own)))
        data += list(np.array(own) - (np.mean(own, 0) if len(own) >= 8 else 0)) if own else []
        numbers += [u.number for u in usable]
    matrix = np.array(data)
    _, _, axes = np.linalg.svd(matrix - matrix.mean(0), full_matrices=False)
    return (matrix - matrix.mean(0)) @ axes[:60].T, numbers, walks


def forward_walk(fit: np.ndarray, skip: float) -> np.ndarray:
    """Best non-decreasing word per recording. `fit` log-likelihoods [recordings, words]; `skip` is paid per word left out."""
    count, words = fit.shape
    step = np.arange(words)[None] - np.arange(words)[:, None]
    move = np.where(step < 0, -np.inf, -skip * np.maximum(0, step - 1))
    best, came = fit[0] - skip * np.arange(words), []
    for row in fit[1:]:
        paths = best[:, None] + move
        came.append(paths.argmax(0))
        best = paths.max(0) + row
    walk = [int((best - skip * np.arange(words)[::-1]).argmax())]
    for back in reversed(came):
        walk.append(int(back[walk[-1]]))
    return np.array(walk[::-1])


def align(data: np.ndarray, walks: list[np.ndarray], words: int, skip: float, rounds: int = 40) -> tuple[np.ndarray, float]:
    """Words learnt from even walks -> (word per recording [recordings], share of variance the words explain)."""
    said = np.zeros(len(data), int)
    for walk in walks:
        said[walk] = np.minimum(np.arange(len(walk)) * words // max(1, len(walk)), words - 1)
    explained = 0.0
    for number in range(rounds):
        means = np.stack([data[said == w].mean(0) if (said == w).any() else data.mean(0) for w in range(words)])
        inside = data - means[said]
        explained = 1 - (inside**2).sum() / ((data - data.mean(0)) ** 2).sum()
        covariance = inside.T @ inside / len(data) + 1e-3 * np.trace(data.T @ data) / data.size * np.eye(data.shape[1])
        whiten = np.linalg.cholesky(np.linalg.inv(covariance))
        distance = ((data @ whiten)[:, None] - (means @ whiten)[None]) ** 2
        fit = -0.5 * distance.sum(2) * min(1.0, 0.2 + number / 20)
        before = said.copy()
        for walk in walks:
            if len(walk):
                said[walk] = forward_walk(fit[walk], skip)
        if number > 20 and (before == said).all():
            break
    return said, float(explained)


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    torch.set_num_threads(1)
    folder = work_dir()
    corpus = Corpus(folder)
    by_corpus: dict[str, dict] = defaultdict(dict)
    for speaker, utterances in corpus.splits["train"].items():
        by_corpus[utterances[0].corpus][speaker] = utterances
    found: dict[int, int] = {}
    for name, words in WORDS.items():
        data, numbers, walks = pictures(corpus, by_corpus[name])
        said, explained = align(data, walks, words, skip=0.0 if name == "gsc" else 4.0)
        found.update(zip(numbers, (int(w) for w in said)))
        sizes = np.bincount(said, minlength=words)
        print(f"{name}: {len(numbers)} recordings, {words} words of {sizes.min()}..{sizes.max()} recordings, "
              f"explaining {100 * explained:.0f} % of the variance", flush=True)
    (folder / "words.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main()
