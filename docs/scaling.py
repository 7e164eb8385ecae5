#!/usr/bin/env python3
"""Draws scaling.svg from what `submit/benchmark.sh scaling` printed: python3 docs/scaling.py < OUTPUT (needs Matplotlib)."""
import pathlib
import re
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "scaling"  # the same file from the same figures
import matplotlib.pyplot as plt

HEADER = re.compile(r"^(.*?)\s+F = (\d+)\s+F = (\d+)\s+F = (\d+)$")
ROW = re.compile(r"^(\d+)\s+([\d.]+) \(([\d.]+)\)\s+([\d.]+) \(([\d.]+)\)\s+([\d.]+) \(([\d.]+)\)$")

links = []
for line in sys.stdin:
    line = line.rstrip()
    if header := HEADER.match(line):
        links.append((header[1], [int(f) for f in header.groups()[1:]], []))
    elif links and (row := ROW.match(line)):
        links[-1][2].append([float(figure) for figure in row.groups()])

figure, plots = plt.subplots(1, len(links), figsize=(11, 5), sharey=True, layout="constrained")
for plot, (link, frequencies, rows) in zip(plots, links):
    executors = [row[0] for row in rows]
    plot.plot(executors, executors, color="0.6", linewidth=1, linestyle=":", label="as many times as executors")
    for i, frequency in enumerate(frequencies):
        (line,) = plot.plot(executors, [row[1 + 2 * i] for row in rows], marker="o", markersize=4, label=f"F = {frequency}")
        plot.plot(executors, [row[2 + 2 * i] for row in rows], color=line.get_color(), linestyle="--", linewidth=1)
    plot.set(title=link, xscale="log", yscale="log", xlabel="executors")
    plot.grid(True, color="0.9")
plots[0].set_ylabel("images/s, in multiples of one worker's")
plots[0].legend(frameon=False, title="dashed: executors are lost")
figure.savefig(pathlib.Path(__file__).with_suffix(".svg"), metadata={"Date": None})
