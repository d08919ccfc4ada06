#!/usr/bin/env python3
"""The pictures of README.md and of the guide, drawn from the numbers that they show.

Usage: draw.py            writes them beside this file
       draw.py --check    exits 1 if one of them is not what would be written
"""

import csv
import math
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
INK, FAINT, PAPER = "#222222", "#b8b8b8", "#ffffff"
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#8a8a8a"]  # told apart by the colour-blind (Okabe and Ito)


class Picture:
    """An SVG with a white ground, so that it is read on dark pages too."""

    def __init__(self, width, height, title):
        self.width, self.height, self.title = width, height, title
        self.parts = []

    def add(self, part):
        self.parts.append(part)

    def text(self, x, y, text, size=13, anchor="start", colour=INK, weight="normal"):
        escaped = text.replace("&", "&amp;").replace("<", "&lt;")
        self.add(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}" '
                 f'font-weight="{weight}">{escaped}</text>')

    def line(self, points, colour=INK, width=1.0, dash="", arrow=False):
        self.add(f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" fill="none" stroke="{colour}" '
                 f'stroke-width="{width}"' + (f' stroke-dasharray="{dash}"' if dash else "") +
                 (' marker-end="url(#arrow)"' if arrow else "") + "/>")

    def box(self, x, y, width, height, fill):
        self.add(f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="5" fill="{fill}" stroke="{INK}"/>')

    def svg(self):
        head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
                f'height="{self.height}" font-family="sans-serif" role="img">\n<title>{self.title}</title>\n'
                '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
                f'orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="{INK}"/></marker></defs>\n'
                f'<rect width="{self.width}" height="{self.height}" rx="8" fill="{PAPER}"/>\n')
        return head + "\n".join(self.parts) + "\n</svg>\n"


class Axes:
    """A panel of a picture with linear axes."""

    def __init__(self, picture, place, x_range, y_range):
        self.picture, self.x_range, self.y_range = picture, x_range, y_range
        self.left, self.top, self.width, self.height = place

    def at(self, x, y):
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        return (self.left + self.width * (x - x0) / (x1 - x0), self.top + self.height * (1 - (y - y0) / (y1 - y0)))

    def frame(self, title, x_ticks, y_ticks, x_label=""):
        self.picture.text(self.left, self.top - 14, title, 14, weight="bold")
        for y in y_ticks:
            _, height = self.at(0, y)
            self.picture.line([(self.left, height), (self.left + self.width, height)], FAINT, 0.6)
            self.picture.text(self.left - 7, height + 4, f"{y:g}", 12, "end")
        for x in x_ticks:
            place, _ = self.at(x, 0)
            self.picture.text(place, self.top + self.height + 18, f"{x:g}", 12, "middle")
        if x_label:
            self.picture.text(self.left + self.width / 2, self.top + self.height + 36, x_label, 12, "middle")

    def curve(self, points, colour, dash=""):
        self.picture.line([self.at(x, y) for x, y in points], colour, 2.2, dash)

    def labels(self, labels):
        """Names (value, text, colour) beside the right ends of curves, none over another."""
        below = self.top + self.height + 14
        for y, text, colour in sorted(labels):  # from below
            below = min(self.at(0, y)[1], below - 14)
            self.picture.text(self.left + self.width + 12, below + 4, text, 12, colour=colour)


def baseline():
    """Expected shares of the shipped baseline, from the file that the golden test compares with a run."""
    scenario = tomllib.loads((ROOT / "examples/scenarios/china_ai_cloud.toml").read_text(encoding="utf-8"))
    names = {key: provider.get("name", key) for key, provider in scenario["providers"].items()}
    with open(ROOT / "tests/scenarios/golden/china_ai_cloud.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    picture = Picture(860, 330, "The Chinese AI cloud, 2025 to 2030: expected shares of revenue and of tokens")
    for panel, (title, layer, measure) in enumerate([("Revenue over all layers, %", "all", "revenue_share"),
                                                     ("Tokens, %", "maas", "token_share")]):
        axes = Axes(picture, (40 + 430 * panel, 45, 260, 245), (2025, 2030), (0, 60))
        axes.frame(title, range(2025, 2031), range(0, 61, 10))
        labels = []
        for key, colour in zip(names, COLOURS, strict=True):
            path = [(int(row["year"]), 100 * float(row["value"])) for row in rows
                    if (row["layer"], row["measure"], row["provider"]) == (layer, measure, key)]
            axes.curve(path, colour)
            labels.append((path[-1][1], names[key], colour))
        axes.labels(labels)
    return picture


def switching_cost():
    """kappa(d) of the model page while a customer stays, and what a kappa does."""
    picture = Picture(860, 350, "The switching cost: how it grows while a customer stays, and what it does")
    stages, initial, full = 8, 0.5, 2.5

    def cost(d, tau):
        g = d / stages if tau is None else (1 - math.exp(-d / tau)) / (1 - math.exp(-stages / tau))
        return initial + (full - initial) * g

    axes = Axes(picture, (45, 50, 250, 240), (0, stages), (0, 3))
    axes.frame("kappa(d), logits", range(0, stages + 1, 2), [0, 0.5, 1, 1.5, 2, 2.5, 3], "lock-in stage d of D = 8")
    for tau, colour, label, height in [(1.5, COLOURS[0], "tau = 1.5", 1.15), (4, COLOURS[1], "tau = 4", 0.85),
                                       (None, COLOURS[2], "g = d / D", 0.55)]:
        points = [(d, cost(d, tau)) for d in range(stages + 1)]
        axes.curve(points, colour)
        for x, y in (axes.at(*point) for point in points):
            picture.add(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
        picture.text(*axes.at(5.5, height), label, 12, colour=colour)
    picture.text(*axes.at(0.15, initial - 0.25), "initial = 0.5", 12)
    picture.text(*axes.at(6.2, full + 0.15), "full = 2.5", 12)

    axes = Axes(picture, (410, 50, 250, 240), (0, 4), (0, 100))
    axes.frame("What kappa does, %", range(5), range(0, 101, 20), "kappa, logits")
    grid = [i / 20 for i in range(81)]
    labels = []
    for value, colour, dash, label in [
            (lambda kappa: 1 / (1 + math.exp(-kappa)), COLOURS[0], "", "stays, of 2 equals"),
            (lambda kappa: 1 / (1 + 5 * math.exp(-kappa)), COLOURS[1], "", "stays, of 6 equals"),
            (lambda kappa: 1 - math.exp(-kappa / 2), COLOURS[2], "6 4", "a rival's discount (alpha = 2)")]:
        axes.curve([(kappa, 100 * value(kappa)) for kappa in grid], colour, dash)
        labels.append((100 * value(4), label, colour))
    axes.labels(labels)
    return picture


def period():
    """The order of one period: every step reads the state at the end of the period before."""
    picture = Picture(860, 330, "One period in its order")
    picture.box(20, 20, 780, 48, "#e8f1f8")
    picture.text(410, 41, "State at the end of t-1", 14, "middle", weight="bold")
    picture.text(410, 59, "incumbent and stage of every slot, and the aggregates made of them: shares, adopters, prices", 12, "middle")
    steps = [("1  Providers", ["follow their paths,", "policies, releases;", "events act"]),
             ("2  Entry, exit", ["some leave; others", "come, and hold", "nothing yet"]),
             ("3  Adoption", ["hazard h, then a", "choice at no cost", "of switching"]),
             ("4  Choice", ["hazard rho, then P:", "who leaves bears", "the cost kappa"]),
             ("5  Lock-in", ["stayed: a stage up", "with lambda;", "moved: stage 0"]),
             ("6  Measure", ["shares, revenue,", "tokens, churn,", "ranks"])]
    for i, (title, lines) in enumerate(steps):
        left = 20 + 132 * i
        picture.box(left, 118, 120, 92, "#fdf3e7" if i < 5 else "#eef7f2")
        picture.text(left + 8, 138, title, 13, weight="bold")
        for k, line in enumerate(lines):
            picture.text(left + 8, 158 + 17 * k, line, 11)
        if i < 5:
            picture.line([(left + 60, 68), (left + 60, 116)], INK, 1, "4 3", arrow=True)
            picture.line([(left + 120, 164), (left + 131, 164)], arrow=True)
    picture.box(20, 262, 780, 48, "#e8f1f8")
    picture.text(410, 283, "State at the end of t", 14, "middle", weight="bold")
    picture.text(410, 301, "all slots at once: none sees what another does in t", 12, "middle")
    picture.line([(608, 210), (608, 260)], arrow=True)
    picture.line([(740, 262), (740, 212)], INK, 1, "4 3", arrow=True)
    picture.line([(800, 286), (830, 286), (830, 44), (802, 44)], arrow=True)
    picture.text(836, 170, "t+1", 12)
    picture.text(28, 98, "reads", 12)
    return picture


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    stale = []
    for draw in (baseline, period, switching_cost):
        file, svg = HERE / f"{draw.__name__}.svg", draw().svg()
        if len(sys.argv) == 1:
            file.write_text(svg, encoding="utf-8")
        elif not file.is_file() or file.read_text(encoding="utf-8") != svg:
            stale.append(f"{file}:1: error: not what {Path(__file__).name} draws; run it and look at the picture")
    print("\n".join(stale), end="\n" if stale else "")
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
