#!/usr/bin/env bash
# Prepares and trains with Spark distributions as most people have them, from PyPI, as SPARK_HOME:
#   .ci/spark-distributions.sh SCRATCH_DIR
# Needs the job jar and what Maven assembled.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$1
mkdir -p "$scratch"
export CENTROID_LOG=$scratch/centroid.log SPARK_LOCAL_IP=127.0.0.1
unset SPARK_HOME SPARK_CONF_DIR

fail() {
  echo "FAIL Spark distributions: $1" >&2
  [ -z "${2:-}" ] || sed 's/^/  /' "$2" >&2
  exit 1
}

# fetch VERSION [MEMBERS]...: prints where this Spark is, or those of its members; fails where PyPI is not reached.
# pip installs the same files, but only after it has packed them once more.
fetch() {
  local version=$1
  shift
  "$scratch/venv/bin/pip" download -q --no-deps --no-binary :all: --no-cache-dir --disable-pip-version-check \
    --dest "$scratch" "pyspark==$version" >&2 &&
    tar -xzf "$scratch/pyspark-$version.tar.gz" -C "$scratch" --wildcards "pyspark-$version/deps/${1:-*}" ${2:+"pyspark-$version/deps/$2"} &&
    rm "$scratch/pyspark-$version.tar.gz" &&
    echo "$scratch/pyspark-$version/deps"
}

# run NAME SUBCOMMAND [options]: what it prints goes to NAME.out.
run() {
  local out=$scratch/$1.out
  shift
  submit/centroid.sh "$@" --master 'local[2]' --driver-memory 1g >"$out" 2>&1
}

train() { # NAME: prints the hash of the parameters
  run "$1" train --shards "$scratch/shards" --runs "$scratch/runs-$1" --outcome "$scratch/$1.json" \
    --set training.epochs=2 --set training.workers=2 || fail "training $1 ended with $?" "$scratch/$1.out"
  ! grep -E 'WARN|INFO|ERROR|SLF4J|log4j|Exception|^\s+at ' "$scratch/$1.out" >&2 ||
    fail "found the lines above on the console of training $1, expected the program's alone"
  python3 - "$scratch/$1.json" <<'PYTHON'
import json, sys, urllib.parse
run = urllib.parse.urlparse(json.load(open(sys.argv[1]))["run"]).path
print(json.load(open(run + "/outcome.json"))["parametersSha256"])
PYTHON
}

run prepare prepare --stand-in --shards "$scratch/shards" --set prepare.stand-in.training-images=2000 \
  --set prepare.stand-in.test-images=500 --set prepare.shards=4 || fail "preparing ended with $?" "$scratch/prepare.out"
bundled=$(train bundled)

if ! { python3 -m venv "$scratch/venv" && distribution=$(fetch 3.5.9); }; then
  echo "Spark distributions: not run, PyPI could not be reached"
  exit
fi
export SPARK_HOME=$distribution
[ "$(train distribution)" = "$bundled" ] || fail "found other parameters than with the bundled Spark"

# What the cluster's own configuration says counts, and ours fills the gaps.
mkdir -p "$SPARK_HOME/conf" "$scratch/events"
cat >"$SPARK_HOME/conf/spark-defaults.conf" <<PROPERTIES
spark.eventLog.enabled  true
spark.eventLog.dir      file:$scratch/events
spark.authenticate      true
PROPERTIES
[ "$(train configured)" = "$bundled" ] || fail "found other parameters with the distribution's configuration"
events=("$scratch"/events/*)
for property in spark.authenticate spark.kryo.registrator spark.task.maxDirectResultSize; do
  grep -q "\"$property\":" "${events[@]}" || fail "found no $property in the event log ${events[*]}"
done
echo "PASS training with Spark 3.5.9 from PyPI"

for version in 3.4.4 4.0.5; do
  SPARK_HOME=$(fetch "$version" 'bin/*' 'jars/spark-core_*') || fail "could not fetch Spark $version"
  status=0
  run "refused-$version" train --shards "$scratch/shards" --runs "$scratch/runs" || status=$?
  [ "$status" -eq 2 ] && [ "$(wc -l <"$scratch/refused-$version.out")" -eq 1 ] &&
    grep -q "^centroid: Cannot start Spark: found Spark $version for Scala 2.1[23] in SPARK_HOME=" \
      "$scratch/refused-$version.out" ||
    fail "Spark $version was not refused by name, with $status" "$scratch/refused-$version.out"
  echo "PASS Spark $version from PyPI is refused by name"
done
