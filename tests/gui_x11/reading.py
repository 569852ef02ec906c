"""What a screen says, read off its picture by character recognition: what a person reads, and where."""

from __future__ import annotations

import csv
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

ENLARGED = 2.5
"""Letters of a screen are too small for what was trained on printed pages."""
LEAST_CONFIDENCE = 30.0


@dataclass(frozen=True)
class Word:
    """One word and the middle of it, in pixels of the picture."""

    text: str
    x: float
    y: float


Line = list[Word]


def read(picture: Path) -> list[Line]:
    """Return the lines of text in a picture. Light words on a button in the accent colour may be missed."""
    image = QImage(str(picture))
    large = image.scaledToWidth(round(image.width() * ENLARGED), Qt.TransformationMode.SmoothTransformation)
    path = picture.with_name(f"{picture.stem}-large.png")
    large.convertToFormat(QImage.Format.Format_Grayscale8).save(str(path))
    return list(_lines(path))


def place_of(words: str, lines: list[Line]) -> tuple[int, int] | None:
    """Return the middle of these words where they stand side by side, the first place from above; None if nowhere."""
    wanted = words.split()
    places = [
        (found[0].y, sum(word.x for word in found) / len(found))
        for line in lines
        for found in (line[start : start + len(wanted)] for start in range(len(line)))
        if [word.text for word in found] == wanted
    ]
    return (round(min(places)[1]), round(min(places)[0])) if places else None


def _lines(picture: Path) -> Iterator[Line]:
    command = ["tesseract", str(picture), "stdout", "--psm", "11", "tsv"]
    alone = {**os.environ, "OMP_THREAD_LIMIT": "1"}  # its threads wait for one another: three times as long (measured)
    done = subprocess.run(command, env=alone, capture_output=True, text=True, check=True, timeout=120)
    rows = csv.DictReader(done.stdout.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = [row for row in rows if float(row["conf"]) >= LEAST_CONFIDENCE and row["text"].strip()]
    for _, line in groupby(words, key=lambda row: (row["block_num"], row["par_num"], row["line_num"])):
        yield [
            Word(
                row["text"].strip(".,:;…"),
                (int(row["left"]) + int(row["width"]) / 2) / ENLARGED,
                (int(row["top"]) + int(row["height"]) / 2) / ENLARGED,
            )
            for row in line
        ]
