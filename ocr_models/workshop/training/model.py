"""The large network, for a GPU: a convolutional stem, stages that fold the height away, blocks along the line.

Input (batch, 1, 48, width) of ink, 0 = paper and 1 = ink; output (batch, width / 4, classes) of
log-probabilities. Convolutions carry batch normalisation and ReLU so that they fold and quantise
well; along the line each block mixes a neighbourhood by a depthwise convolution and a window of +-64
steps by attention, which makes the answer independent of how long the line is.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ocr_models.workshop.training.alphabet import CLASSES

STRIDE = 4
REACH = 64


class ConvUnit(nn.Module):  # type: ignore[misc]
    """3x3 convolution, batch normalisation, ReLU; adds its input where the shapes allow it."""

    def __init__(self, inputs: int, outputs: int, stride: tuple[int, int] = (1, 1)) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.residual = inputs == outputs and stride == (1, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.conv(x))
        return functional.relu(x + y if self.residual else y)


class LineBlock(nn.Module):  # type: ignore[misc]
    """Neighbourhood convolution, windowed attention, feed-forward: each added to the stream."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.near_norm = nn.LayerNorm(width)
        self.near = nn.Conv1d(width, width, 7, padding=3, groups=width)
        self.near_out = nn.Linear(width, width)
        self.look_norm = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.look_out = nn.Linear(width, width)
        self.think_norm = nn.LayerNorm(width)
        self.think_in = nn.Linear(width, 2 * width)
        self.think_out = nn.Linear(2 * width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, window: Tensor) -> Tensor:
        near = self.near(self.near_norm(x).transpose(1, 2)).transpose(1, 2)
        x = x + self.dropout(self.near_out(functional.relu(near)))
        x = x + self.dropout(self._look(self.look_norm(x), window))
        return x + self.dropout(self.think_out(functional.relu(self.think_in(self.think_norm(x)))))

    def _look(self, x: Tensor, window: Tensor) -> Tensor:
        batch, steps, width = x.shape
        size = width // self.heads
        parts = self.query_key_value(x).reshape(batch, steps, 3, self.heads, size).permute(2, 0, 3, 1, 4)
        query, key, value = parts[0], parts[1], parts[2]
        if torch.onnx.is_in_onnx_export():
            weights = torch.softmax(query @ key.transpose(-1, -2) * size**-0.5 + window, dim=-1)
            seen = weights @ value
        else:
            seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=window)
        return self.look_out(seen.permute(0, 2, 1, 3).reshape(batch, steps, width))


class LineReader(nn.Module):  # type: ignore[misc]
    """About 3.3 million parameters at the default widths."""

    stride = STRIDE

    def __init__(
        self,
        *,
        widths: tuple[int, int, int, int] = (32, 64, 112, 176),
        stream: int = 256,
        blocks: int = 3,
        heads: int = 4,
        classes: int = CLASSES,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.settings = {"widths": widths, "stream": stream, "blocks": blocks, "heads": heads, "classes": classes}
        a, b, c, d = widths
        self.stem = nn.Sequential(ConvUnit(1, a, (2, 2)), ConvUnit(a, b, (2, 2)))
        self.stages = nn.Sequential(
            ConvUnit(b, b),
            ConvUnit(b, c, (2, 1)),
            ConvUnit(c, c),
            ConvUnit(c, c),
            ConvUnit(c, d, (2, 1)),
            ConvUnit(d, d),
        )
        self.fold = nn.Conv2d(d, stream, (3, 1))
        self.blocks = nn.ModuleList(LineBlock(stream, heads, dropout) for _ in range(blocks))
        self.norm = nn.LayerNorm(stream)
        self.head = nn.Linear(stream, classes)

    def forward(self, image: Tensor) -> Tensor:
        x = self.fold(self.stages(self.stem(image))).squeeze(2).transpose(1, 2)
        place = torch.arange(x.shape[1], device=x.device)
        apart = (place[None, :] - place[:, None]).abs() > REACH
        window = torch.zeros(apart.shape, dtype=x.dtype, device=x.device).masked_fill(apart, -1e4)
        for block in self.blocks:
            x = block(x, window)
        return functional.log_softmax(self.head(self.norm(x)).float(), dim=-1)
