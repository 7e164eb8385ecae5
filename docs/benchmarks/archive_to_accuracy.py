#!/usr/bin/env python3
"""From CIFAR-10's Python archive to the test accuracy: this program, PyTorch and Keras, in turn:

    python3 docs/benchmarks/archive_to_accuracy.py --data cifar-10-python.tar.gz [--turns 5]
        [--contender NAME=PYTHON:FRAMEWORK:THREADS ...]

A contender is a Python that has the framework, torch or keras, and a number of threads; all train the published
recipe in one process: Flatten, Dense 200, Dense 150, Dense 10, ReLU, Adam with 5e-4, minibatches of 32, ten epochs.
Prints medians of whole processes, with the least and the greatest, and those of the ratios of each turn. Needs no
package itself; leave the machine alone meanwhile.
"""
import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

HOME = pathlib.Path(__file__).resolve().parents[2]
EPOCHS, MINIBATCH, RATE = 10, 32, 5e-4
OURS = "Centroid"


def images(archive):
    """Training and test images as rows of floats in [0, 1], colours last, and their labels."""
    import pickle
    import tarfile

    import numpy

    found = {}
    with tarfile.open(archive) as files:
        for file in files:
            name = os.path.basename(file.name)
            if name.startswith("data_batch") or name == "test_batch":
                batch = pickle.load(files.extractfile(file), encoding="bytes")
                planes = batch[b"data"].reshape(-1, 3, 32 * 32).transpose(0, 2, 1)
                found[name] = planes.reshape(-1, 3072), numpy.array(batch[b"labels"])
    test = found.pop("test_batch")
    train = [found[name] for name in sorted(found)]
    scaled = [numpy.concatenate([rows for rows, _ in train]), test[0]]
    scaled = [rows.astype(numpy.float32) / 255 for rows in scaled]
    return scaled[0], numpy.concatenate([labels for _, labels in train]), scaled[1], test[1]


def train_torch(archive, threads):
    import torch

    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    x, y, test_x, test_y = (torch.from_numpy(each) for each in images(archive))
    y, test_y = y.long(), test_y.long()
    layers = [torch.nn.Linear(3072, 200), torch.nn.Linear(200, 150), torch.nn.Linear(150, 10)]
    for layer in layers:
        torch.nn.init.xavier_uniform_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
    relu = torch.nn.ReLU()
    network = torch.nn.Sequential(layers[0], relu, layers[1], relu, layers[2])
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE, foreach=True)
    loss = torch.nn.CrossEntropyLoss()
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(x)).split(MINIBATCH):
            optimizer.zero_grad(set_to_none=True)
            loss(network(x[batch]), y[batch]).backward()
            optimizer.step()
    with torch.no_grad():
        return (network(test_x).argmax(1) == test_y).float().mean().item()


def train_keras(archive, threads):
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow")
    import keras
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    tensorflow.config.threading.set_inter_op_parallelism_threads(threads)
    x, y, test_x, test_y = images(archive)
    network = keras.Sequential(
        [
            keras.layers.Input((3072,)),
            keras.layers.Dense(200, "relu"),
            keras.layers.Dense(150, "relu"),
            keras.layers.Dense(10, "softmax"),
        ]
    )
    network.compile(keras.optimizers.Adam(RATE), "sparse_categorical_crossentropy", metrics=["accuracy"])
    network.fit(x, y, batch_size=MINIBATCH, epochs=EPOCHS, verbose=0)
    return network.evaluate(test_x, test_y, batch_size=1000, verbose=0)[1]


def command(name, contender, arguments):
    if name == OURS:
        place = arguments.work / "out"
        shutil.rmtree(place, ignore_errors=True)
        return [HOME / "submit/local.sh", "--data", arguments.data, "--shards", place / "shards", "--runs", place / "runs"]
    python, framework, threads = contender.rsplit(":", 2)
    return [python, __file__, "--data", arguments.data, "--train", framework, "--threads", threads]


def run(name, contender, arguments):
    """Seconds of the whole process, and the test accuracy in percent."""
    environment = {**os.environ, "CENTROID_LOG": str(arguments.work / "centroid.log")}
    for variable in ("SPARK_HOME", "SPARK_CONF_DIR", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        environment.pop(variable, None)
    begin = time.monotonic()
    done = subprocess.run(command(name, contender, arguments), env=environment, capture_output=True, text=True)
    seconds = time.monotonic() - begin
    if done.returncode:
        sys.exit(f"Cannot train with {name}: it ended with {done.returncode}.\n{done.stdout}{done.stderr}")
    (arguments.work / f"{name}.out").write_text(done.stdout)
    return seconds, float(re.search(r"([\d.]+) % test accuracy", done.stdout)[1])


def spread(values):
    return f"{statistics.median(values):7.2f} ({min(values):.2f} to {max(values):.2f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("archive-to-accuracy"))
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--contender", action="append", default=[])
    parser.add_argument("--train", choices=("torch", "keras"))
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.train:
        accuracy = {"torch": train_torch, "keras": train_keras}[arguments.train](arguments.data, arguments.threads)
        print(f"{100 * accuracy:.2f} % test accuracy")
        return
    arguments.data, arguments.work = arguments.data.resolve(), arguments.work.resolve()
    arguments.work.mkdir(parents=True, exist_ok=True)
    contenders = {OURS: None, **dict(each.split("=", 1) for each in arguments.contender)}
    took = {name: [] for name in contenders}
    accuracies = {name: [] for name in contenders}
    for turn in range(arguments.turns + 1):  # the first one fills caches
        for name, contender in contenders.items():
            seconds, accuracy = run(name, contender, arguments)
            print(f"turn {turn}: {name:24} {seconds:6.1f} s {accuracy:.2f} %", file=sys.stderr, flush=True)
            if turn:
                took[name].append(seconds)
                accuracies[name].append(accuracy)
    print(f"{'':24} {'seconds':24} {'Centroid / it':24} test accuracy, %")
    for name in contenders:
        ratios = [ours / theirs for ours, theirs in zip(took[OURS], took[name])]
        print(f"{name:24} {spread(took[name]):24} {spread(ratios):24} {spread(accuracies[name])}")


main()
