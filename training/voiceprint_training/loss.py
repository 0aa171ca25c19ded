"""What is minimised: margin softmax over all training speakers, and a pair loss inside the batch."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class MarginSoftmax(nn.Module):
    """Additive angular margin softmax. embeddings [b, d] (any length), labels [b] -> mean loss.

    `margin` is in radians and may be changed between calls. Where adding it would pass 180 degrees the target's
    logit falls linearly instead, so that it keeps falling with the angle.
    """

    def __init__(self, dim: int, classes: int, scale: float = 30.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(classes, dim) * 0.05)
        self.scale, self.margin = scale, 0.0

    def forward(self, embeddings: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """-> (loss, share of crops whose nearest class is their own)."""
        cosine = F.normalize(embeddings, dim=1) @ F.normalize(self.weight, dim=1).T
        target = cosine.gather(1, labels[:, None]).clamp(-0.9999, 0.9999)
        sine = torch.sqrt(1 - target * target)
        moved = target * math.cos(self.margin) - sine * math.sin(self.margin)
        past = target < -math.cos(self.margin)
        moved = torch.where(past, target - math.sin(self.margin) * self.margin, moved)
        logits = self.scale * cosine.scatter(1, labels[:, None], moved)
        return F.cross_entropy(logits, labels), (cosine.argmax(1) == labels).float().mean()


class PairLoss(nn.Module):
    """Each crop must be nearest to its partner among all other pairs' crops. [2p, d], rows 2i and 2i+1 a pair -> loss.

    The impostors are the other pairs' first *and* second crops, so in a same-text group each crop meets
    crops of other speakers with its own text.
    """

    def __init__(self, scale: float = 12.0):
        super().__init__()
        self.log_scale = nn.Parameter(torch.tensor(math.log(scale)))

    def forward(self, embeddings: Tensor) -> Tensor:
        unit = F.normalize(embeddings, dim=1)
        logits = unit @ unit.T * self.log_scale.exp().clamp(max=40.0)
        logits = logits - torch.diag_embed(torch.full((len(unit),), 1e4, device=unit.device))
        partner = torch.arange(len(unit), device=unit.device) ^ 1
        return F.cross_entropy(logits, partner)
