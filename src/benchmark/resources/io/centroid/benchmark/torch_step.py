"""The default network in PyTorch, driven by lines on standard input.

Usage: python3 torch_step.py IMAGES COUNT THREADS FORM
IMAGES: COUNT x 3072 float32, then COUNT int64 labels, little-endian; or two such files, training
and test, as IMAGES=TRAINING,TEST and COUNT=TRAINING,TEST. FORM: "plain", PyTorch as it comes, or
"tuned", its faster form of Adam and no denormal floats.
Lines read:  "step MINIBATCH STEPS"  trains; prints the seconds it took
             "epoch MINIBATCH"       trains one epoch; prints seconds and test accuracy
"""
import sys
import time

import torch

FEATURES = 3072


def read(path, count):
    features = torch.from_file(path, size=count * FEATURES, dtype=torch.float32)
    words = torch.from_file(path, size=count * (FEATURES // 2 + 1), dtype=torch.int64)
    return features.view(count, FEATURES).clone(), words[count * FEATURES // 2:].clone()


files, counts, threads = sys.argv[1].split(","), sys.argv[2].split(","), int(sys.argv[3])
tuned = sys.argv[4] == "tuned"
torch.set_flush_denormal(tuned)
torch.set_num_threads(threads)
torch.manual_seed(1)
splits = [read(path, int(count)) for path, count in zip(files, counts)]
images, labels = splits[0]
network = torch.nn.Sequential(
    torch.nn.Linear(FEATURES, 200), torch.nn.ReLU(),
    torch.nn.Linear(200, 150), torch.nn.ReLU(),
    torch.nn.Linear(150, 10))
for layer in network:
    if isinstance(layer, torch.nn.Linear):
        torch.nn.init.xavier_uniform_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
loss = torch.nn.CrossEntropyLoss()
adam = torch.optim.Adam(network.parameters(), lr=5e-4, foreach=tuned)
order, at = torch.randperm(len(images)), 0


def step(minibatch):
    global order, at
    if at + minibatch > len(order):
        order, at = torch.randperm(len(images)), 0
    chosen = order[at:at + minibatch]
    at += minibatch
    adam.zero_grad(set_to_none=True)
    loss(network(images[chosen]), labels[chosen]).backward()
    adam.step()


print("ready", torch.__version__, flush=True)
for line in sys.stdin:
    what, minibatch, *rest = line.split()
    begin = time.perf_counter()
    if what == "step":
        for _ in range(int(rest[0])):
            step(int(minibatch))
        print(time.perf_counter() - begin, flush=True)
    else:
        at = len(order)
        for _ in range(len(images) // int(minibatch)):
            step(int(minibatch))
        seconds = time.perf_counter() - begin
        with torch.no_grad():
            hits = (network(splits[1][0]).argmax(1) == splits[1][1]).double().mean().item()
        print(seconds, hits, flush=True)
