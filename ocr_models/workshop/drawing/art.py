"""What is on a paper besides text: seals, signatures, guilloche, emblem, portraits, fingerprints, chip.

Everything is drawn from curves; no real seal, face or fingerprint was copied. Seals bear the word
MẪU and an invented office's name.
"""

from __future__ import annotations

import math
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ocr_models.workshop.drawing.canvas import Box, Canvas, Colour, Pixels, text_mask
from ocr_models.workshop.drawing.sheet import Sheet
from ocr_models.workshop.drawing.typefaces import Typeface, pool


def draw_guilloche(canvas: Canvas, rng: Random, tint: Colour, strength: float = 0.35) -> None:
    """A fine wave pattern over the whole sheet, tiled, in a light tint."""
    if canvas.dry:
        return
    side = max(64, int(canvas.ppm * 24))
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32) * (2 * math.pi / side)
    a, b, c = rng.randint(2, 4), rng.randint(2, 5), rng.uniform(0.5, 1.4)
    waves = np.sin(xs * rng.randint(9, 14) + c * 2.2 * np.sin(ys * a)) + np.sin(
        ys * rng.randint(9, 14) + c * 2.2 * np.sin(xs * b)
    )
    mask = np.clip(255 * (1.15 - np.abs(waves) * 1.1), 0, 255).astype(np.uint8)
    height, width = canvas.pixels.shape[:2]
    tiled = np.tile(mask, (height // side + 1, width // side + 1))[:height, :width]
    washed = np.array([round(255 - (255 - part) * 0.25) for part in tint], dtype=np.uint8)
    canvas.pixels[:] = cv2.multiply(canvas.pixels, np.broadcast_to(washed, canvas.pixels.shape).copy(), scale=1 / 255)
    canvas.ink(tiled, 0, 0, tint, strength)


def tint_paper(canvas: Canvas, colour: Colour) -> None:
    """Give the sheet its paper colour."""
    if not canvas.dry:
        canvas.pixels[:] = colour


def draw_specimen_mark(canvas: Canvas, rng: Random, strength: float) -> None:
    """MẪU / SPECIMEN slantwise across the sheet, under everything else, in pale red."""
    if canvas.dry or strength <= 0:
        return
    face = pool("sans")[0]
    width, height = canvas.pixels.shape[1], canvas.pixels.shape[0]
    span = min(width * 1.25, height * 1.1)
    mask, _, _ = text_mask("MẪU / SPECIMEN", face.font(span / 9.5, "bold"))
    side = max(mask.shape) + 4
    padded = np.zeros((side, side), np.uint8)
    top, left = (side - mask.shape[0]) // 2, (side - mask.shape[1]) // 2
    padded[top : top + mask.shape[0], left : left + mask.shape[1]] = mask
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), rng.uniform(24, 38), 1.0)
    turned = np.asarray(cv2.warpAffine(padded, turn, (side, side)), dtype=np.uint8)
    canvas.ink(turned, (width - side) / 2, (height - side) / 2, (90, 80, 220), strength)


def draw_scribble(canvas: Canvas, rng: Random, x: float, y: float, width: float, colour: Colour | None = None) -> Box:
    """A signature: a big first loop, smaller ones that die away, a flourish; around (x, y)."""
    ink = colour or rng.choice(((150, 50, 25), (130, 45, 30), (40, 34, 34)))
    knots = rng.randint(7, 14)
    points: list[tuple[float, float]] = []
    for knot in range(knots):
        t = knot / (knots - 1)
        tall = (0.34 if knot < 3 else 0.16) * rng.uniform(0.4, 1.2) * (1 if knot % 2 else -1)
        points.append((t - 0.5 + rng.gauss(0, 0.07), tall - 0.12 * t + rng.gauss(0, 0.03)))
    if rng.random() < 0.7:
        points += [
            (rng.uniform(0.5, 0.7), rng.uniform(-0.05, 0.1)),
            (rng.uniform(-0.5, -0.1), rng.uniform(0.12, 0.3)),
        ]
    box = Box(x - width / 2, y - width * 0.3, x + width / 2, y + width * 0.3)
    if not canvas.dry:
        canvas.curve(_smooth(np.array(points)) * width + (x, y), ink, rng.uniform(0.22, 0.38))
    return box


def _smooth(points: NDArray[np.float64], steps: int = 14) -> NDArray[np.float64]:
    """A Catmull-Rom curve through the points."""
    padded = np.vstack([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        parts.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.vstack(parts)


def draw_seal(
    canvas: Canvas, rng: Random, x: float, y: float, *, face: Typeface, text: str, diameter_mm: float = 36.0
) -> Box:
    """A round red seal with its centre at (x, y): rings, a star, the office round the rim, MẪU below the star."""
    radius = diameter_mm / 2 * canvas.ppm
    box = Box(x - radius, y - radius, x + radius, y + radius)
    if canvas.dry:
        return box
    mask = _seal_mask(round(radius), face, text)
    worn = np.array([[rng.random() for _ in range(9)] for _ in range(9)], dtype=np.float32)
    worn = cv2.resize(0.55 + 0.45 * worn, mask.shape[::-1], interpolation=cv2.INTER_CUBIC)
    mask = np.clip(mask * np.clip(worn, 0.3, 1), 0, 255).astype(np.uint8)
    turn = cv2.getRotationMatrix2D((mask.shape[1] / 2, mask.shape[0] / 2), rng.uniform(-25, 25), 1)
    mask = cv2.warpAffine(mask, turn, mask.shape[::-1])
    colour = rng.choice(((45, 30, 205), (60, 45, 215), (70, 40, 185), (90, 50, 200)))
    return canvas.ink(mask, x - mask.shape[1] / 2, y - mask.shape[0] / 2, colour, rng.uniform(0.62, 0.92))


def _seal_mask(radius: int, face: Typeface, text: str) -> Pixels:
    side = 2 * radius + 5
    mask = np.zeros((side, side), np.uint8)
    centre = (side // 2, side // 2)
    for part, width in ((1.0, 0.05), (0.9, 0.018), (0.56, 0.018)):
        cv2.circle(
            mask,
            centre,
            round(radius * part - radius * width),
            255,
            max(1, round(radius * width)),
            cv2.LINE_AA,
        )
    tips = [
        (centre[0] + r * math.sin(k * math.pi / 5), centre[1] - r * math.cos(k * math.pi / 5))
        for k in range(10)
        for r in ((radius * 0.3) if k % 2 == 0 else (radius * 0.12),)
    ]
    cv2.fillPoly(mask, [np.array(tips).round().astype(np.int32)], 255, cv2.LINE_AA)
    image = Image.fromarray(mask)
    font = face.font(radius * 0.2, "bold")
    around = f"{text} * MẪU * "
    step = 2 * math.pi / max(len(around), 24)
    start = -step * (len(around) - 8) / 2
    for place, letter in enumerate(around):
        angle = start + place * step
        glyph = Image.new("L", (round(radius * 0.44),) * 2, 0)
        ImageDraw.Draw(glyph).text((glyph.width / 2, glyph.height / 2), letter, font=font, fill=255, anchor="mm")
        glyph = glyph.rotate(-math.degrees(angle), resample=Image.Resampling.BILINEAR)
        where = (
            round(centre[0] + radius * 0.73 * math.sin(angle) - glyph.width / 2),
            round(centre[1] - radius * 0.73 * math.cos(angle) - glyph.height / 2),
        )
        image.paste(255, where, glyph)
    return np.array(image)


def seal_and_sign(sheet: Sheet, x: float, y: float) -> None:
    """A signature with the seal over its left third, as the rule wants it (NĐ 30/2020, Phụ lục I)."""
    width = min(sheet.look.size * 6, (sheet.x1 - sheet.x0) * 0.6)
    canvas, rng = sheet.canvas, Random(sheet.rng.random())
    draw_scribble(canvas, rng, x, y, width)
    room = min(36.0, (sheet.x1 - sheet.x0) / canvas.ppm * 0.8, canvas.width_mm * 0.22)
    diameter = max(9.0, room * rng.uniform(0.85, 1.0))
    shift = -width * rng.uniform(0.2, 0.5)
    text = sheet.issuer[0] if sheet.issuer else "CƠ QUAN CẤP"
    draw_seal(canvas, rng, x + shift, y + rng.uniform(-1, 2) * canvas.ppm, face=sheet.look.face,
              text=text, diameter_mm=diameter)  # fmt: skip


def draw_emblem(canvas: Canvas, x: float, y: float, diameter_mm: float, colour: Colour = (60, 90, 200)) -> None:
    """A plain round badge with a star where the national emblem stands."""
    if canvas.dry:
        return
    radius = diameter_mm / 2 * canvas.ppm
    centre = (round(x), round(y))
    cv2.circle(canvas.pixels, centre, round(radius), (70, 150, 220), max(1, round(radius * 0.22)), cv2.LINE_AA)
    cv2.circle(canvas.pixels, centre, round(radius * 0.86), colour, -1, cv2.LINE_AA)
    tips = [
        (x + r * math.sin(k * math.pi / 5), y - radius * 0.12 - r * math.cos(k * math.pi / 5))
        for k in range(10)
        for r in ((radius * 0.5) if k % 2 == 0 else (radius * 0.2),)
    ]
    cv2.fillPoly(canvas.pixels, [np.array(tips).round().astype(np.int32)], (60, 210, 240), cv2.LINE_AA)


def draw_portrait(canvas: Canvas, rng: Random, box: Box) -> None:
    """Head and shoulders as a flat silhouette: nobody's face."""
    if canvas.dry:
        return
    x0, y0, x1, y1 = (round(v) for v in (box.x0, box.y0, box.x1, box.y1))
    ground = rng.choice(((235, 220, 205), (225, 215, 212), (240, 235, 230)))
    skin, cloth, hair = (
        (150, 175, 205),
        rng.choice(((90, 70, 60), (235, 235, 235), (120, 80, 50))),
        (45, 40, 40),
    )
    part = canvas.pixels[y0:y1, x0:x1]
    part[:] = ground
    height, width = part.shape[:2]
    cv2.ellipse(
        part,
        (width // 2, round(height * 1.05)),
        (round(width * 0.46), round(height * 0.36)),
        0,
        0,
        360,
        cloth,
        -1,
        cv2.LINE_AA,
    )
    cv2.ellipse(
        part,
        (width // 2, round(height * 0.36)),
        (round(width * 0.25), round(height * 0.24)),
        0,
        0,
        360,
        hair,
        -1,
        cv2.LINE_AA,
    )
    cv2.rectangle(
        part,
        (round(width * 0.41), round(height * 0.5)),
        (round(width * 0.59), round(height * 0.74)),
        skin,
        -1,
    )
    cv2.ellipse(
        part,
        (width // 2, round(height * 0.43)),
        (round(width * 0.2), round(height * 0.21)),
        0,
        0,
        360,
        skin,
        -1,
        cv2.LINE_AA,
    )


def draw_fingerprint(canvas: Canvas, rng: Random, box: Box, colour: Colour = (60, 55, 55)) -> None:
    """Concentric whorls: a fingerprint of no finger."""
    if canvas.dry:
        return
    height, width = round(box.y1 - box.y0), round(box.x1 - box.x0)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    u = (xs - width * rng.uniform(0.4, 0.6)) / width
    v = (ys - height * rng.uniform(0.4, 0.6)) / height
    reach = np.sqrt(u * u * 1.4 + v * v) + 0.03 * np.sin(7 * u + 5 * v + rng.uniform(0, 6))
    ridges = np.clip((np.sin(reach * 2 * math.pi * 15) + 0.25) * 200, 0, 255)
    ridges[(u * 2.1) ** 2 + (v * 2.0) ** 2 > 1] = 0
    canvas.ink(ridges.astype(np.uint8), box.x0, box.y0, colour, 0.75)


def draw_chip(canvas: Canvas, box: Box) -> None:
    """The contact plate of a chip card."""
    if canvas.dry:
        return
    corner, opposite = (round(box.x0), round(box.y0)), (round(box.x1), round(box.y1))
    cv2.rectangle(canvas.pixels, corner, opposite, (120, 190, 215), -1)
    thin = max(1, round(canvas.ppm * 0.15))
    cv2.rectangle(canvas.pixels, corner, opposite, (70, 120, 150), thin)
    for part in (0.33, 0.66):
        y = round(box.y0 + (box.y1 - box.y0) * part)
        cv2.line(canvas.pixels, (corner[0], y), (opposite[0], y), (70, 120, 150), thin)
    middle = round((box.x0 + box.x1) / 2)
    cv2.line(canvas.pixels, (middle, corner[1]), (middle, opposite[1]), (70, 120, 150), thin)
