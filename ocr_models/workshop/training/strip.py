"""The small network: the line as columns of cells, ten blocks along it; trained on from a published start.

Input (batch, 1, 48, width) of ink, 0 = paper and 1 = ink; output (batch, width / 6, classes) of
log-probabilities. The layout is that of the recogniser in PyPI `trueocr` 0.1.1 (Apache-2.0), without the
lines above and below that it also looks at, and at 48 rows for its 32. One linear map reads a column of
`CELL` pixels whole; beside it, a few attending heads find letters that stand higher or lower. Both see a stroke
that crosses columns in pieces: overlapping convolutions, which the start lacks, see it whole.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ocr_models.workshop.training.alphabet import CLASSES

CELL = 6
ROWS = 48
_HEADS = 4


class Column(nn.Module):  # type: ignore[misc]
    """Features of each column's cells, wherever in the column they stand: softmax over rows, per head."""

    def __init__(self, width: int, cell: int, rows: int) -> None:
        super().__init__()
        self.patch = nn.Conv2d(1, 32, cell, stride=cell)
        self.dw = nn.Conv2d(32, 32, 3, padding=1, groups=32, bias=False)
        self.pw = nn.Conv2d(32, 64, 1)
        self.score = nn.Conv2d(64, _HEADS, 1)
        self.row_prior = nn.Parameter(torch.zeros(1, _HEADS, rows, 1))
        self.proj = nn.Conv1d(64, width, 1)

    def forward(self, image: Tensor) -> Tensor:
        x = functional.hardswish(self.pw(self.dw(functional.hardswish(self.patch(image)))))
        share = torch.softmax(self.score(x) + self.row_prior, dim=2)
        heads = [(part * share[:, i : i + 1]).sum(2) for i, part in enumerate(x.chunk(_HEADS, dim=1))]
        mixed: Tensor = self.proj(torch.cat(heads, dim=1))
        return mixed


class Strokes(nn.Module):  # type: ignore[misc]
    """Features of strokes wherever they stand, by overlapping 3x3 convolutions; begins as adding nothing."""

    def __init__(self, width: int, rows: int) -> None:
        super().__init__()
        self.fine = nn.Conv2d(1, 16, 3, stride=2, padding=1)
        self.middle = nn.Conv2d(16, 32, 3, stride=(2, 1), padding=1)
        self.coarse = nn.Conv2d(32, 64, 3, stride=(2, 3), padding=(1, 0))
        self.fold = nn.Conv2d(64, width, (rows // 8, 1))
        nn.init.zeros_(self.fold.weight)
        nn.init.zeros_(self.fold.bias)

    def forward(self, image: Tensor) -> Tensor:
        x = functional.relu(self.middle(functional.relu(self.fine(image))))
        mixed: Tensor = self.fold(functional.relu(self.coarse(x))).squeeze(2)
        return mixed


class Gate(nn.Module):  # type: ignore[misc]
    """Channels weighed by what the whole line holds (squeeze and excitation)."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, inner)
        self.fc2 = nn.Linear(inner, width)

    def forward(self, x: Tensor) -> Tensor:
        whole = x.mean(dim=1, keepdim=True)
        return x * torch.sigmoid(self.fc2(functional.relu(self.fc1(whole))))


class StripBlock(nn.Module):  # type: ignore[misc]
    """Nine neighbouring columns, widened, gated, added to the stream: (batch, steps, width) to the same."""

    def __init__(self, width: int) -> None:
        super().__init__()
        # One row high, not one-dimensional: onnxruntime has a fast way for these only.
        self.dw = nn.Conv2d(width, width, (1, 9), padding=(0, 4), groups=width)
        self.expand = nn.Linear(width, 2 * width)
        self.se = Gate(2 * width, width // 2)
        self.project = nn.Linear(2 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        near = self.dw(x.transpose(1, 2).unsqueeze(2)).squeeze(2).transpose(1, 2)
        out: Tensor = x + self.project(self.se(functional.hardswish(self.expand(near))))
        return out


class StripReader(nn.Module):  # type: ignore[misc]
    """About 1.16 million parameters."""

    stride = CELL

    def __init__(
        self,
        *,
        width: int = 128,
        blocks: int = 10,
        classes: int = CLASSES,
        rows: int = ROWS,
        cell: int = CELL,
    ) -> None:
        super().__init__()
        self.settings = {"width": width, "blocks": blocks, "classes": classes, "rows": rows, "cell": cell}
        self.stem = nn.Conv2d(1, width, (rows, cell), stride=(rows, cell))
        self.stem_bn = nn.BatchNorm1d(width)
        self.context = Column(width, cell, rows // cell)
        self.strokes = Strokes(width, rows)
        self.blocks = nn.Sequential(*(StripBlock(width) for _ in range(blocks)))
        self.head = nn.Linear(width, classes)

    def forward(self, image: Tensor) -> Tensor:
        return self.along(self.stem(image).squeeze(2) + self.context(image) + self.strokes(image))

    def along(self, columns: Tensor) -> Tensor:
        """From features of each column to log-probabilities."""
        x = self.blocks(functional.hardswish(self.stem_bn(columns)).transpose(1, 2))
        return functional.log_softmax(self.head(x).float(), dim=-1)
