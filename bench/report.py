"""Figures as a table for people and as JSON for comparisons."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).with_name("results")


@dataclass
class Figures:
    """What one part measured: lines for people, and every sample."""

    title: str
    lines: dict[str, str]
    samples: dict[str, object]


def show(machine: dict[str, object], parts: list[Figures]) -> None:
    print()
    for name, value in machine.items():
        print(f"{name:<14} {value}")
    for part in parts:
        print(f"\n{part.title}")
        for name, value in part.lines.items():
            print(f"  {name:<32} {value}")
    print(f"\nwritten to {write(machine, parts)}")


def write(machine: dict[str, object], parts: list[Figures]) -> Path:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{str(machine['date']).replace(':', '')}.json"
    content = {"machine": machine, "parts": [vars(part) for part in parts]}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
    return path


def percentiles(seconds: list[float]) -> str:
    return f"p50 {milliseconds(percentile(seconds, 50))}, p99 {milliseconds(percentile(seconds, 99))}"


def percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.2f} ms"
