#!/usr/bin/env bash
[ -n "${BASH_VERSION:-}" ] && ! shopt -qo posix || exec env -u POSIXLY_CORRECT -u SHELLOPTS bash "$0" "$@" # started by sh
# Measures Centroid against what people would use instead, on two cores of this machine:
#   submit/benchmark.sh --data cifar-10-binary.tar.gz [--work DIR] [--python python3] [options of spark-submit]
# Takes about 40 minutes; leave the machine alone meanwhile. PyTorch takes part where the Python has
# it (Debian: python3-torch with libopenblas0-pthread, and --python /usr/bin/python3). --work, which is
# "benchmark" without it, gets shards, unless it has them, and a new directory of runs.
# One part alone, on shards that there are: submit/benchmark.sh step|averaging|accuracy|frequency|scaling|memory|data|perceptron --shards DIR
#   [options]; submit/benchmark.sh step --help lists them.
# Options of spark-submit may be mixed in: --master spark://host:7077 for a cluster; without it local[2].
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/launch.sh"

# run_benchmark PART [options of spark-submit and of the part, mixed]: the benchmark's jar, with the job's beside it.
run_benchmark() {
  local job benchmark main_class=io.centroid.benchmark.Benchmark jars
  require_platform
  split_options "$@"
  add_defaults 'local[2]'
  benchmark=$(up_to_date benchmark -DskipTests src/main src/benchmark) || exit $?
  job=$(job_jar) || exit $?
  jars=$(option_value --jars '' "${spark_options[@]}")
  spark_submit "$benchmark" "${spark_options[@]}" --jars "$job${jars:+,$jars}" -- "${program_options[@]}"
}

case ${1:-} in
  --help | -h)
    script_help
    exit 0
    ;;
  '' | -*) ;;
  *)
    centroid_exec=exec
    run_benchmark "$@"
    ;;
esac

data='' work=benchmark python=python3 options=()
while [ $# -gt 0 ]; do
  case $1 in --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;; esac
  has_value "$@"
  case $1 in
    --data) data=$2 ;;
    --work) work=$2 ;;
    --python) python=$2 ;;
    *) options+=("$1" "$2") ;;
  esac
  shift 2
done
split_options ${options[@]+"${options[@]}"}
[ ${#program_options[@]} -eq 0 ] ||
  die "Cannot read arguments: found ${program_options[0]}. Try submit/benchmark.sh --help."
[ -n "$data" ] || die "Cannot measure: found no --data, expected an archive of CIFAR-10 or its directory."

# All 50,000 training images; what is measured never sees a validation split.
run_step prepare --data "$data" --shards "$work/shards" --set prepare.validation-fraction=0 \
  ${options[@]+"${options[@]}"}

measure() { # measure PART [options]
  echo
  echo "== $1"
  run_benchmark "$@" --shards "$work/shards" --python "$python" ${options[@]+"${options[@]}"}
}
lscpu | grep -E 'Model name|^CPU\(s\)' || true
measure step --repetitions 7
measure averaging --repetitions 5
measure accuracy
measure memory --rounds 2000 --driver-memory 2g
measure score --repetitions 7

echo
echo "== The published training, from shards to report"
# A name of its own: a run that is there already would not be trained again.
time run_step train --shards "$work/shards" --runs "$work/runs-$(date +%Y-%m-%d-%H%M%S)-$$" --master 'local[2]' ${options[@]+"${options[@]}"}
