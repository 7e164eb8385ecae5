#!/usr/bin/env bash
# The checks on all 60,000 real images: .ci/real-data.sh CIFAR_DIR SCRATCH_DIR
# CIFAR_DIR holds both archives and both extracted layouts.
set -euo pipefail
cd "$(dirname "$0")/.."
cifar=$1 scratch=$2
export CENTROID_LOG=$scratch/centroid.log

check() { # check DESCRIPTION COMMAND...: counts and reports one check
  local what=$1
  shift
  if "$@"; then
    echo "PASS $what"
    passed=$((passed + 1))
  else
    echo "FAIL $what"
    failed=$((failed + 1))
  fi
}
passed=0 failed=0

field() { # field FILE JQ-LIKE PATH: one value of a JSON file
  python3 -c 'import json,sys
value = json.load(open(sys.argv[1]))
for key in sys.argv[2].split("."):
    value = value[int(key)] if key.isdigit() else value[key]
print(value)' "$1" "$2"
}

shard_contents() { # the rows and content hashes of every shard
  python3 -c 'import json,sys
for shard in json.load(open(sys.argv[1]))["shards"]:
    print(shard["file"], shard["rows"], shard["contentHash"])' "$1/manifest.json"
}

# The first README command, on real images.
./submit/local.sh --data "$cifar/cifar-10-binary.tar.gz" --shards "$scratch/shards" \
  --runs "$scratch/runs" | tee "$scratch/local.out"
run=$(dirname "$(ls "$scratch"/runs/*/_SUCCESS)")
accuracy=$(field "$run/metrics.json" accuracy)
echo "test accuracy $accuracy, parameters $(field "$run/outcome.json" parametersSha256)"
check "test accuracy on CIFAR-10 is at least 0.47" \
  python3 -c 'import sys; sys.exit(float(sys.argv[1]) < 0.47)' "$accuracy"
check "the run is of CIFAR-10" test "$(field "$run/metrics.json" dataset)" = CIFAR-10
check "the summary is Keras' table, to the character" \
  cmp "$run/summary.txt" src/test/resources/io/centroid/model/flatten-dense-summary.txt
check "the summary is printed" grep -q '^Total params: 646,260$' "$scratch/local.out"

# The other three forms of the same images give the same shards.
shard_contents "$scratch/shards" > "$scratch/expected"
for form in cifar-10-python.tar.gz cifar-10-batches-bin cifar-10-batches-py; do
  ./data-prep/prepare.sh --data "$cifar/$form" --shards "$scratch/$form-shards"
  shard_contents "$scratch/$form-shards" > "$scratch/found"
  check "$form gives the same rows and content hash for every shard" \
    cmp "$scratch/expected" "$scratch/found"
  rm -r "$scratch/$form-shards"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
