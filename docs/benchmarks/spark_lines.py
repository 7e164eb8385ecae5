#!/usr/bin/env python3
"""Measures the builds for Spark 3.5 and Spark 4 against each other, in turn:

    python3 docs/benchmarks/spark_lines.py --shards SHARDS [--work spark-lines] [--repetitions 5] [--epochs 5]

Each turn trains the same with both, on local[2] and on a cluster of two executors. Prints medians with the least and
the greatest, and those of the ratios of each turn. Needs no package; leave the machine alone meanwhile.
"""
import argparse
import contextlib
import csv
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

HOME = pathlib.Path(__file__).resolve().parents[2]
LINES = ("3.5", "4")
DEALT = re.compile(r"Deal .* ([\d.]+) s$")


def start(line, *command):
    environment = {**os.environ, "CENTROID_SPARK": line}
    for name in ("SPARK_HOME", "SPARK_CONF_DIR", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        environment.pop(name, None)
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


@contextlib.contextmanager
def cluster(line, directory):
    """The URL of a Master with two Workers, which end with the block."""
    command = [HOME / "submit/cluster-local.sh", "up", "--directory", directory, "--datanodes", "0"]
    process = start(line, *command)
    said = process.communicate()[0]
    if process.returncode:
        sys.exit(f"Cannot start a cluster of Spark {line}: it ended with {process.returncode}.")
    try:
        yield re.search(r"spark://\S+", said)[0]
    finally:
        start(line, HOME / "submit/cluster-local.sh", "down", "--directory", directory).communicate()


def train(line, master, arguments):
    """What one training took, by the name of each figure, and the hash of its parameters."""
    runs = arguments.work / "runs"
    took, begin = {}, time.monotonic()
    process = start(
        line, HOME / "submit/train.sh", "--master", master, "--driver-memory", "2g", "--executor-memory", "1g",
        "--shards", arguments.shards, "--runs", runs, "--set", f"training.epochs={arguments.epochs}",
    )  # fmt: skip
    for text in process.stdout:
        took.setdefault("start, s", time.monotonic() - begin)
        if dealt := DEALT.match(text.rstrip()):
            took["deal, s"] = float(dealt[1])
    if process.wait():
        sys.exit(f"Cannot measure: a training on Spark {line} ended with {process.returncode}.")
    (run,) = runs.iterdir()
    with open(run / "history.csv") as file:
        speeds = [float(epoch["imagesPerSecond"]) for epoch in csv.DictReader(file)]
    with open(run / "rounds.csv") as file:
        rounds = [row for row in csv.DictReader(file) if row["epoch"] != "1"]
    outside = [float(row["seconds"]) - float(row["compute"]) for row in rounds]
    took["first epoch, images/s"], took["last epoch, images/s"] = speeds[0], speeds[-1]
    took["round outside its steps, ms"] = 1000 * statistics.median(outside)
    took["all, s"] = time.monotonic() - begin
    parameters = json.loads((run / "outcome.json").read_text())["parametersSha256"]
    shutil.rmtree(runs)
    return took, parameters


def spread(values):
    """As in 12.3 (11.0 to 15.2)."""
    figures = [f"{value:,.0f}" if value >= 1000 else f"{value:.2f}" for value in (statistics.median(values), min(values), max(values))]
    return "{:>8} {:>9} to {:>7}".format(*figures)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", required=True, type=pathlib.Path)
    parser.add_argument("--work", default="spark-lines", type=pathlib.Path, help="a new directory")
    parser.add_argument("--repetitions", default=5, type=int)
    parser.add_argument("--epochs", default=5, type=int)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True)
    found, hashes = {}, set()
    with contextlib.ExitStack() as clusters:
        masters = {line: clusters.enter_context(cluster(line, arguments.work.resolve() / f"cluster-{line}")) for line in LINES}
        for turn in range(1 + arguments.repetitions):  # the first one reads files for the first time
            for place in ("local[2]", "cluster"):
                for line in LINES if turn % 2 else reversed(LINES):
                    took, parameters = train(line, masters[line] if place == "cluster" else place, arguments)
                    hashes.add(parameters)
                    for name, value in took.items() if turn else ():
                        found.setdefault((place, name), {}).setdefault(line, []).append(value)
            print(f"turn {turn} of {arguments.repetitions} done", file=sys.stderr, flush=True)
    print(f"parametersSha256 {' and '.join(sorted(hashes))}")
    print(f"{'':<40}{'Spark 3.5':>29}{'Spark 4':>29}{'4 / 3.5':>29}")
    for (place, name), values in found.items():
        ratios = [four / three for three, four in zip(values["3.5"], values["4"])]
        print(f"{place:<10}{name:<30}" + "".join(f"{spread(column):>29}" for column in (values["3.5"], values["4"], ratios)))


main()
