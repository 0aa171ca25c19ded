"""Ways of scoring beyond the plain cosine, measured before any is shipped.

    python -m voiceprint_training.scoring --checkpoint runs/a/last.pt
compares, on the tuning speakers and the held-out clean readers: the cosine; the cosine after subtracting the training
speakers' mean; and the adaptive symmetric normalisation against a cohort of training speakers.
"""

import argparse

import numpy as np
import torch

from . import metrics
from .calibration import fit
from .conditions import damaged, telephone_8k
from .corpus import Corpus, Utterance
from .export import load_network
from .paths import work_dir
from .watch import embed, gather


def unit(x: np.ndarray) -> np.ndarray:
    """Rows scaled to length one. [n, d] -> [n, d]."""
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def speaker_means(network, corpus: Corpus, speakers: dict[str, list[Utterance]], most: int = 4) -> np.ndarray:
    """One unit-length mean embedding per speaker, from up to `most` recordings of up to 6 s. [speakers, d]."""
    chosen, numbers = gather(speakers, most)
    embeddings = embed(network, [corpus.wave(u, 6.0) for u in chosen], torch.device("cpu"))
    return unit(np.stack([embeddings[numbers == n].mean(0) for n in np.unique(numbers)]))


def cohort_statistics(embeddings: np.ndarray, cohort: np.ndarray, nearest: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of each embedding's cosines with its `nearest` cohort members. [n, d], [c, d] -> [n], [n]."""
    top = np.sort(embeddings @ cohort.T, axis=1)[:, -nearest:]
    return top.mean(1), top.std(1)


def normalised(scores: np.ndarray, first: tuple, second: tuple) -> np.ndarray:
    """Symmetric normalisation of a score matrix [n, m] by both sides' cohort statistics."""
    one = (scores - first[0][:, None]) / first[1][:, None]
    two = (scores - second[0][None]) / second[1][None]
    return (one + two) / 2


def compare(enrolled: np.ndarray, probes: np.ndarray, numbers: np.ndarray, cohort: np.ndarray) -> dict[str, np.ndarray]:
    """Score matrices [n, n] by method."""
    mean = cohort.mean(0)
    found = {"cosine": enrolled @ probes.T, "centred": unit(enrolled - mean) @ unit(probes - mean).T}
    for nearest in (50, 150):
        sides = [cohort_statistics(e, cohort, nearest) for e in (enrolled, probes)]
        found[f"s-norm {nearest}"] = normalised(found["cosine"], *sides)
    return found


def figures(scores: np.ndarray, numbers: np.ndarray) -> str:
    """EER, and Cllr (fitted on one half of the speakers, measured on the other) beside minCllr."""
    i, j = np.nonzero(~np.eye(len(numbers), dtype=bool))
    same, values = numbers[i] == numbers[j], scores[i, j]
    costs = []
    for fold in (0, 1):
        learn = (numbers[i] % 2 != fold) & (numbers[j] % 2 != fold)
        test = (numbers[i] % 2 == fold) & (numbers[j] % 2 == fold)
        llr = fit(values[learn], same[learn]).llr(values[test], 1.0)
        costs.append((metrics.cllr(llr[same[test]], llr[~same[test]]), metrics.min_cllr(llr[same[test]], llr[~same[test]])))
    cost, least = np.mean(costs, 0)
    return f"EER {100 * metrics.equal_error_rate(values[same], values[~same]):.2f} % Cllr {cost:.3f} minCllr {least:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", required=True, help="in the working folder")
    parser.add_argument("--most", type=int, default=10, help="recordings per speaker")
    options = parser.parse_args()
    torch.set_num_threads(1)
    corpus, network = Corpus(work_dir()), load_network(work_dir() / options.checkpoint)
    cohort = speaker_means(network, corpus, corpus.training())
    lsdev = {s: u for s, u in corpus.held_out().items() if u[0].corpus == "lsdev"}
    for title, speakers in (("dev", corpus.development()), ("lsdev", lsdev)):
        chosen, numbers = gather(speakers, options.most)
        clean = embed(network, [corpus.wave(u, 10.0) for u in chosen], torch.device("cpu"))
        phone = embed(network, damaged(corpus, chosen, telephone_8k), torch.device("cpu"))
        for condition, one, two in (("clean", clean, clean), ("clean and 8 kHz", clean, phone), ("8 kHz", phone, phone)):
            for method, scores in compare(one, two, numbers, cohort).items():
                print(f"{title}, {condition}, {method}: {figures(scores, numbers)}", flush=True)


if __name__ == "__main__":
    main()
