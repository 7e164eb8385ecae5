#!/usr/bin/env bash
# Measures Centroid against what people would use instead, on two cores of this machine:
#   submit/benchmark.sh --data cifar-10-binary.tar.gz [--work DIR] [--python python3]
# Takes about 40 minutes; leave the machine alone meanwhile. PyTorch takes part where the Python has
# it (Debian: python3-torch with libopenblas0-pthread, and --python /usr/bin/python3).
set -euo pipefail
. "$(dirname "$0")/launch.sh"

data='' work=benchmark python=python3
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || die "Cannot read arguments: found $1 without a value. See the head of submit/benchmark.sh."
  case $1 in
    --data) data=$2 ;;
    --work) work=$2 ;;
    --python) python=$2 ;;
    *) die "Cannot read arguments: found $1. See the head of submit/benchmark.sh." ;;
  esac
  shift 2
done
[ -n "$data" ] || die "Cannot measure: found no --data, expected an archive of CIFAR-10 or its directory."

# All 50,000 training images; what is measured never sees a validation split.
run_step prepare --data "$data" --shards "$work/shards" --set prepare.validation-fraction=0

measure() { # measure PART [options]
  echo
  echo "== $1"
  run_step benchmark "$@" --shards "$work/shards" --python "$python" --master 'local[2]'
}
lscpu | grep -E 'Model name|^CPU\(s\)' || true
measure step --repetitions 7
measure averaging --repetitions 5
measure accuracy
measure memory --rounds 2000 --driver-memory 2g
measure score --repetitions 7

echo
echo "== The published training, from shards to report"
rm -rf "$work/runs"
time run_step train --shards "$work/shards" --runs "$work/runs" --master 'local[2]'
