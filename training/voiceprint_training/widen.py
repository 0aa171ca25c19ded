"""A checkpoint taken over by a run with other speakers or more speeds: what it knows keeps its rows of the softmax, the rest starts anew."""

import torch
from torch import Tensor


def rows_of(old: list[str], new: list[str], speeds: int) -> tuple[Tensor, Tensor]:
    """Rows of the softmax in the new run, and of the same speaker at the same speed in the old one, for those in both.

    `speeds`: how many the old run had.
    """
    places = {name: place for place, name in enumerate(old)}
    known = [(place, places[name]) for place, name in enumerate(new) if name in places]
    to = [speed * len(new) + place for speed in range(speeds) for place, _ in known]
    start = [speed * len(old) + place for speed in range(speeds) for _, place in known]
    return torch.tensor(to), torch.tensor(start)


def widened(state: dict, speakers: list[str], fresh: Tensor) -> dict:
    """A checkpoint's state for other speakers or more speeds.

    `fresh` [classes, d] is what the new softmax starts with. The optimiser's memory of known rows is kept, too; of new
    ones it is zero.
    """
    old = state["softmax"]["weight"]
    to, start = rows_of(state["speakers"], speakers, len(old) // len(state["speakers"]))

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
