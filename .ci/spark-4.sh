#!/usr/bin/env bash
# The line of Spark 4: its build and tests, and that both lines make and read the same: .ci/spark-4.sh SCRATCH_DIR
# Needs what Maven built for Spark 3.5.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$1
unset SPARK_HOME SPARK_CONF_DIR

mvn -B -ntp -Dspark4 verify -Dspotless.check.skip -Dfailsafe.failIfNoSpecifiedTests=false -Dit.test="$(
  IFS=,
  tests=(CentroidAveragingIT CentroidClassifierIT PrepareJobIT ReproducibilityIT ResumeIT RoundsBetweenExecutorsIT
    StandaloneClusterIT)
  echo "${tests[*]}"
)"
mvn -B -ntp -Dspark4 dependency:copy@s3-runtime failsafe:integration-test failsafe:verify -Pfaults \
  -Dfailsafe.failIfNoSpecifiedTests=false -Dit.test='S3IT,StorageFaultIT#onHdfs*,YarnIT'

export CENTROID_LOG=$scratch/centroid.log SPARK_LOCAL_IP=127.0.0.1 SPARK_SUBMIT_OPTS=-XX:TieredStopAtLevel=1

fail() { # fail WHAT FILE
  echo "FAIL $1" >&2
  sed 's/^/  /' "$2" >&2
  exit 1
}

run() { # run LINE NAME SCRIPT [options]: what it prints goes to NAME.out
  local line=$1 out=$scratch/$2.out
  shift 2
  CENTROID_SPARK=$line "$@" --master 'local[2]' --driver-memory 1g >"$out" 2>&1 ||
    fail "$1 on Spark $line ended with $?" "$out"
  ! grep -qE 'WARN|INFO|ERROR|SLF4J|log4j|Exception|^\s+at ' "$out" ||
    fail "$1 on Spark $line has more than the program's own lines on its console" "$out"
}

same() { # same WHAT FILE FILE
  cmp "$2" "$3" || fail "$1 differs between the lines of Spark" "$3"
  echo "PASS $1 is the same on both lines of Spark"
}

parameters() { # parameters RUNS: of the one run there
  grep -ho '"parametersSha256"[^,]*' "$1"/*/outcome.json
}

for line in 3.5 4; do
  # Where nothing can be downloaded the images are generated.
  XDG_CACHE_HOME=$scratch/cache run "$line" "local-$line" submit/local.sh --site http://127.0.0.1:9/ \
    --shards "$scratch/shards-$line" --runs "$scratch/local-$line" \
    --set prepare.stand-in.training-images=1000 --set prepare.stand-in.test-images=200 --set prepare.shards=2 \
    --set training.epochs=2 --set training.workers=2
  parameters "$scratch/local-$line" >"$scratch/local-$line.parameters"
done
same 'the model of submit/local.sh' "$scratch"/local-{3.5,4}.parameters
for line in 3.5 4; do # lengths of files are not compared: Parquet writes its own version in them
  grep -E '"(contentHash|sum|fingerprint)"' "$scratch/shards-$line/manifest.json" >"$scratch/shards-$line.hashes"
done
same 'what is in a shard set' "$scratch"/shards-{3.5,4}.hashes
for line in 3.5 4; do
  other=$([ "$line" = 4 ] && echo 3.5 || echo 4)
  run "$line" "train-$line" submit/train.sh --shards "$scratch/shards-$other" --runs "$scratch/runs-$line" \
    --set training.epochs=2 --set training.workers=2
  parameters "$scratch/runs-$line" >"$scratch/train-$line.parameters"
  same "the model of Spark $other's shards on Spark $line" "$scratch"/{local-3.5,train-"$line"}.parameters
done
for line in 3.5 4; do
  other=$([ "$line" = 4 ] && echo 3.5 || echo 4)
  run "$line" "score-$line" submit/centroid.sh score --model "$(echo "$scratch/runs-$other"/*/model.zip)" --shards "$scratch/shards-$line" \
    --split test --output "$scratch/scores-$line" --format csv
  cat "$scratch/scores-$line"/part-* >"$scratch/scores-$line.csv"
done
same 'what the model of the other line predicts' "$scratch"/scores-{3.5,4}.csv
