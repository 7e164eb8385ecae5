#!/usr/bin/env python3
"""How long commands take that do little, and until others begin their work:

    python3 docs/benchmarks/starting.py --runs RUNS --shards SHARDS [--images DIR_OR_FILES ...] [--turns 5]

RUNS holds a finished run. All in turn, one turn to warm up; prints medians with the least and the greatest. Needs no
package; leave the machine alone meanwhile.
"""
import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HOME = pathlib.Path(__file__).resolve().parents[2]


def run(command, until_work):
    """Seconds until its end or, if so asked, until its first line, but for the time that this tells; then it is ended."""
    environment = {**os.environ, "CENTROID_LOG": os.devnull}
    for variable in ("SPARK_HOME", "SPARK_CONF_DIR", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        environment.pop(variable, None)
    begin = time.monotonic()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        line = process.stdout.readline()
        took = re.search(r" ([\d.]+) s$", line.rstrip())
        first = time.monotonic() - begin - (float(took[1]) if took else 0)
        if until_work:
            process.terminate()
        process.stdout.read()
    if not line or (process.returncode and not until_work):
        sys.exit(f"Cannot time {' '.join(map(str, command))}: it ended with {process.returncode}.")
    return first if until_work else time.monotonic() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=pathlib.Path, required=True)
    parser.add_argument("--shards", type=pathlib.Path, required=True)
    parser.add_argument("--images", nargs="*", default=[])
    parser.add_argument("--turns", type=int, default=5)
    arguments = parser.parse_args()
    centroid, work = HOME / "submit/centroid.sh", pathlib.Path(tempfile.mkdtemp())
    model = next(arguments.runs.glob("*/model.zip")).parent
    commands = {
        "--help": ([centroid, "--help"], False),
        "summary": ([centroid, "summary"], False),
        "runs": ([centroid, "runs", arguments.runs], False),
        "report": ([centroid, "report", model], False),
        "train.sh, work begins": (
            [HOME / "submit/train.sh", "--master", "local[2]", "--shards", arguments.shards, "--runs", work / "runs"], True
        ),
        "local.sh, work begins": (
            [HOME / "submit/local.sh", "--stand-in", "--shards", work / "shards", "--runs", work / "local"], True
        ),
    }  # fmt: skip
    if arguments.images:
        images = [word for image in arguments.images for word in ("--images", image)]
        scores = ["--overwrite", "--output", work / "scores", "--format", "csv"]
        commands["score of pictures"] = ([centroid, "score", "--model", model, *images, *scores], False)
    took = {name: [] for name in commands}
    for turn in range(arguments.turns + 1):
        for name, (command, until_work) in commands.items():
            seconds = run(command, until_work)
            if turn:
                took[name].append(seconds)
    shutil.rmtree(work)
    for name, values in took.items():
        print(f"{name:24} {statistics.median(values):6.2f} s ({min(values):.2f} to {max(values):.2f})")


main()
