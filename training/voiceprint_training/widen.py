"""A checkpoint taken over by a run with other speakers: those it knows keep their rows of the softmax, new ones start anew."""

import torch
from torch import Tensor

from .sampler import SPEEDS


def rows_of(old: list[str], new: list[str]) -> tuple[Tensor, Tensor]:
    """Rows of the softmax in the new run, and of the same speaker at the same speed in the old one, for those in both."""
    places = {name: place for place, name in enumerate(old)}
    known = [(place, places[name]) for place, name in enumerate(new) if name in places]
    to = [speed * len(new) + place for speed in range(len(SPEEDS)) for place, _ in known]
    start = [speed * len(old) + place for speed in range(len(SPEEDS)) for _, place in known]
    return torch.tensor(to), torch.tensor(start)


def widened(state: dict, speakers: list[str], fresh: Tensor) -> dict:
    """A checkpoint's state for other speakers.

    `fresh` [classes, d] is what the new softmax starts with. The optimiser's memory of known rows is kept, too; of new
    ones it is zero.
    """
    to, start = rows_of(state["speakers"], speakers)
    old = state["softmax"]["weight"]

    def moved(rows: Tensor, base: Tensor) -> Tensor:
        base = base.clone()
        base[to] = rows[start].to(base)
        return base

    optimizer = {**state["optimizer"], "state": {}}
    for number, memory in state["optimizer"]["state"].items():
        optimizer["state"][number] = {
            name: moved(value, torch.zeros_like(fresh)) if torch.is_tensor(value) and value.shape == old.shape else value
            for name, value in memory.items()
        }
    return {**state, "speakers": speakers, "softmax": {"weight": moved(old, fresh)}, "optimizer": optimizer}
