# shellcheck shell=bash
# Sourced by the launch scripts: finds or builds the job jar and hands over to spark-submit.

centroid_home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
centroid_runtime=$centroid_home/target/runtime

# One native thread per task slot: more change the bits of the result and compete for the cores.
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
export OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS:-1}

# "exec" in front of a script's last step, so that signals reach the program itself.
centroid_exec=

die() {
  echo "centroid: $1" >&2
  exit "${2:-2}"
}

# Whether there is a Spark to start: an installed one, or the one that Maven assembled.
has_spark() {
  [ -x "${SPARK_HOME:-}/bin/spark-submit" ] || [ -d "$centroid_runtime/jars" ]
}

# found_jar KIND: the jar of this kind, if it was built.
found_jar() {
  local jars=("$centroid_home"/target/centroid-*-"$1".jar)
  [ ! -e "${jars[0]}" ] || echo "${jars[0]}"
}

# due KIND SOURCE...: "missing" or "old" where the jar of this kind, or a Spark, has to be built.
due() {
  local jar
  jar=$(found_jar "$1")
  shift
  if [ -z "$jar" ] || ! has_spark; then
    echo missing
  elif [ -e "$centroid_home/pom.xml" ] &&
    [ -n "$(cd "$centroid_home" && find pom.xml "$@" -newer "$jar" -print -quit 2>/dev/null)" ]; then
    echo old
  fi
}

# Why Maven cannot do anything here; nothing where it can.
no_maven() {
  if [ ! -e "$centroid_home/pom.xml" ]; then
    echo "found no pom.xml in $centroid_home, expected the sources. Put the jars of a release in its target."
  elif ! command -v mvn >/dev/null; then
    echo "found no mvn, expected Maven 3.8 or later on the PATH."
  elif [ ! -w "$centroid_home" ]; then
    echo "found no right to write in $centroid_home, expected its owner. Do it as that user."
  fi
}

# maven "VERB OBJECT" [arguments]: Maven without its chatter; one script at a time.
maven() {
  local what=$1 problem
  shift
  problem=$(no_maven)
  [ -z "$problem" ] || die "Cannot $what: $problem" 1
  mvn -q -B -Dstyle.color=never -f "$centroid_home/pom.xml" "$@" >&2 || die "Cannot $what: Maven failed, see above." 1
}

# Waits until no other script builds; ends with the subshell that it is called in.
alone() {
  mkdir -p "$centroid_home/target" && exec 9>"$centroid_home/target/build.lock" && flock 9
}

# up_to_date KIND SWITCH SOURCE...: prints the jar of this kind. Builds it where it is missing, and again where a
# source is newer; where it cannot be built again, says so and takes it as it is.
up_to_date() {
  local kind=$1 switch=$2 reason problem=''
  shift 2
  reason=$(due "$kind" "$@")
  [ -z "$reason" ] || problem=$(no_maven)
  if [ "$reason" = old ] && [ -n "$problem" ]; then
    echo "centroid: The $kind jar is older than its sources and is used as it is: ${problem%%, expected*}." >&2
  elif [ -n "$problem" ]; then
    die "Cannot build the $kind jar: $problem" 1
  elif [ -n "$reason" ]; then
    (
      alone
      case $(due "$kind" "$@") in
        missing) echo "Building the $kind jar (once; Maven fetches what is needed) ..." >&2 ;;
        old) echo "Building the $kind jar again: its sources are newer ..." >&2 ;;
        *) exit ;; # another script has just built it
      esac
      maven "build the $kind jar" package "$switch" -Dspotless.check.skip
      touch "$(found_jar "$kind")" # also where nothing in it changed
    ) || exit $?
  fi
  found_jar "$kind"
}

# Prints the job jar; see up_to_date. The steps of a pipeline keep the one that it began with: a JVM loses its
# classes when its jar changes.
job_jar() {
  if [ -n "${CENTROID_PIPELINE_JAR:-}" ]; then
    echo "$CENTROID_PIPELINE_JAR"
  else
    up_to_date job -Dmaven.test.skip src/main
  fi
}

# The class that bin/spark-submit runs, from the Spark that Maven assembled: the launcher builds the
# java command line (memory, module options) and prints it NUL-separated.
bundled_spark_submit() {
  local java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  export SPARK_HOME=$centroid_runtime SPARK_SCALA_VERSION=2.12
  export SPARK_CONF_DIR=${SPARK_CONF_DIR:-$centroid_home/conf}
  local command=()
  while IFS= read -r -d '' word; do
    word=${word#$'\n'} # the launcher begins with an empty word and a line break
    [ -z "$word" ] || command+=("$word")
  done < <("$java" -Xmx128m -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main \
    org.apache.spark.deploy.SparkSubmit "$@")
  [ ${#command[@]} -gt 0 ] || die "Cannot start Spark: its launcher printed no command." 1
  $centroid_exec "${command[@]}"
}

# The program that spark_submit runs.
main_class=io.centroid.cli.Centroid

# spark_submit JAR [spark-submit options] -- [arguments of the program]
spark_submit() {
  local jar=$1 options=()
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  [ $# -eq 0 ] || shift
  options+=(--class "$main_class")
  if [ -n "${SPARK_HOME:-}" ] && [ -x "$SPARK_HOME/bin/spark-submit" ]; then
    $centroid_exec "$SPARK_HOME/bin/spark-submit" --properties-file "$centroid_home/conf/spark-defaults.conf" \
      "${options[@]}" "$jar" "$@"
  else
    bundled_spark_submit "${options[@]}" "$jar" "$@"
  fi
}

# Splits the arguments of a step: spark-submit's options into spark_options, the rest into
# program_options.
split_options() {
  spark_options=() program_options=()
  while [ $# -gt 0 ]; do
    case $1 in
      --master | --deploy-mode | --driver-memory | --executor-memory | --executor-cores | \
        --num-executors | --total-executor-cores | --properties-file | --queue | --files | --jars | \
        --archives | --packages | --exclude-packages | --repositories | --driver-cores | \
        --driver-class-path | --driver-library-path | --driver-java-options | --principal | --keytab | \
        --proxy-user | --spark-conf)
        [ $# -ge 2 ] || die "Cannot read arguments: found $1 without a value."
        if [ "$1" = --spark-conf ]; then
          spark_options+=(--conf "$2")
        else
          spark_options+=("$1" "$2")
        fi
        shift 2
        ;;
      *)
        program_options+=("$1")
        shift
        ;;
    esac
  done
  case " ${spark_options[*]} " in *" --master "*) ;; *) spark_options+=(--master 'local[*]') ;; esac
  case " ${spark_options[*]} " in
    *" --driver-memory "*) ;;
    *) spark_options+=(--driver-memory "${CENTROID_DRIVER_MEMORY:-3g}") ;;
  esac
}

# Keeps of spark_options what a process on this machine needs to reach the same file systems: properties
# and packages, but neither master nor memory.
local_options() {
  local i
  local_options=()
  for ((i = 0; i < ${#spark_options[@]}; i += 2)); do
    case ${spark_options[i]} in
      --conf | --properties-file | --jars | --packages | --exclude-packages | --repositories)
        local_options+=("${spark_options[@]:i:2}")
        ;;
    esac
  done
  local_options+=(--master 'local[1]' --deploy-mode client --driver-memory 256m)
}

# last_step SUBCOMMAND [options]: run_step in place of the script.
last_step() {
  centroid_exec=exec
  run_step "$@"
}

# run_step SUBCOMMAND [options of spark-submit and of the subcommand, mixed]
run_step() {
  local step=$1 jar
  shift
  split_options "$@"
  jar=$(job_jar) || exit $?
  spark_submit "$jar" "${spark_options[@]}" -- "$step" "${program_options[@]}"
}

# option_value NAME FALLBACK [arguments]: the value that follows NAME, the last time it is there.
option_value() {
  local name=$1 value=$2
  shift 2
  while [ $# -gt 0 ]; do
    if [ "$1" = "$name" ] && [ $# -ge 2 ]; then
      value=$2
      shift
    fi
    shift
  done
  printf '%s' "$value"
}

# kernel_environment PREFIX: adds to cluster_properties, as PREFIX.NAME, the variables of this environment by
# which OpenBLAS chooses its kernels, such as OPENBLAS_CORETYPE: they decide the bits of a result, and processes
# on a cluster do not inherit them.
kernel_environment() {
  local name
  for name in "${!OPENBLAS_@}"; do
    [ "$name" = OPENBLAS_NUM_THREADS ] || cluster_properties+=("$1.$name=${!name}")
  done
}

# cluster_step PREFIX MASTER [arguments]: the program on a cluster whose master's URL begins with PREFIX;
# MASTER is the one to use without --master. cluster_properties DEPLOY_MODE, which the script defines, refuses what
# the cluster cannot do, and adds the cluster's own properties to an array of this name; what the user gives comes
# after and wins.
# In the arguments: --dry-run, --event-log DIR, --exit-status-dir DIR, options of spark-submit, the subcommand
# and its options.
cluster_step() {
  local prefix=$1 master=$2 dry_run=false event_log='' arguments=() properties=() property deploy_mode jar
  local exit_status='' reader
  shift 2
  while [ $# -gt 0 ]; do
    case $1 in
      --dry-run) dry_run=true ;;
      --event-log)
        [ $# -ge 2 ] || die "Cannot read arguments: found $1 without a value."
        event_log=$2
        shift
        ;;
      --exit-status-dir)
        [ $# -ge 2 ] || die "Cannot read arguments: found $1 without a value."
        exit_status=$2
        shift
        ;;
      *) arguments+=("$1") ;;
    esac
    shift
  done
  split_options ${arguments[@]+"${arguments[@]}"} # checks that each option has its value
  master=$(option_value --master "$master" ${arguments[@]+"${arguments[@]}"})
  [ -n "$master" ] || die "Cannot launch: found no --master, expected one that begins with $prefix."
  case $master in
    "$prefix"*) ;;
    *) die "Cannot launch: found --master $master, expected one that begins with $prefix." ;;
  esac
  deploy_mode=$(option_value --deploy-mode client ${arguments[@]+"${arguments[@]}"})
  case $deploy_mode in
    client | cluster) ;;
    *) die "Cannot launch: found --deploy-mode $deploy_mode, expected client or cluster." ;;
  esac
  case ${program_options[0]:-} in
    '' | -*) die "Cannot launch: found ${program_options[0]:-no arguments}, expected a subcommand first: prepare, train, evaluate, score, ..." ;;
  esac

  case " ${arguments[*]} " in
    *" --master "*) ;;
    *) split_options --master "$master" "${arguments[@]}" ;;
  esac
  cluster_properties=()
  kernel_environment spark.executorEnv
  cluster_properties "$deploy_mode"
  if [ "$deploy_mode" = cluster ]; then
    exit_status=${exit_status:-.centroid}/exit-status-$(cat /proc/sys/kernel/random/uuid)
    cluster_properties+=("spark.centroid.exitStatusFile=$exit_status")
  fi
  if [ -n "$event_log" ]; then
    cluster_properties+=(spark.eventLog.enabled=true "spark.eventLog.dir=$event_log")
  fi
  for property in ${cluster_properties[@]+"${cluster_properties[@]}"}; do
    properties+=(--conf "$property")
  done
  set -- ${properties[@]+"${properties[@]}"} "${spark_options[@]}"
  if $dry_run; then
    print_command "$@"
  elif [ "$deploy_mode" = client ]; then
    jar=${CENTROID_JAR:-}
    [ -n "$jar" ] || jar=$(job_jar) || exit $?
    centroid_exec=exec
    spark_submit "$jar" "$@" -- "${program_options[@]}"
  else
    reader=$(job_jar) || exit $?
    submit_and_wait "${CENTROID_JAR:-$reader}" "$@" -- "${program_options[@]}"
    local_options
    spark_submit "$reader" "${local_options[@]}" -- exit-status "$exit_status"
  fi
}

# spark_submit with a driver that runs elsewhere: comes back when that has ended, however it did, since the
# exit code of spark-submit does not tell. A signal ends the waiting and this script, but not the driver.
submit_and_wait() {
  local submitted status=0
  centroid_exec=exec
  spark_submit "$@" &
  submitted=$!
  trap 'kill -TERM "$submitted"' TERM INT
  wait "$submitted" || status=$?
  [ "$status" -lt 128 ] || exit "$status"
  trap - TERM INT
}

# Prints what cluster_step would run, quoted for a shell. Nothing is built: where there is no job jar yet
# the line names the one that would be.
print_command() {
  local jar=${CENTROID_JAR:-} jars=("$centroid_home"/target/centroid-*-job.jar) submit=spark-submit
  if [ -z "$jar" ]; then
    jar=${jars[0]}
    [ -e "$jar" ] || jar=$centroid_home/target/centroid-$(
      sed -n 's:^  <version>\(.*\)</version>$:\1:p' "$centroid_home/pom.xml"
    )-job.jar
  fi
  [ -z "${SPARK_HOME:-}" ] || submit=$SPARK_HOME/bin/spark-submit
  set -- env "OMP_NUM_THREADS=$OMP_NUM_THREADS" "OPENBLAS_NUM_THREADS=$OPENBLAS_NUM_THREADS" "$submit" \
    --properties-file "$centroid_home/conf/spark-defaults.conf" "$@" --class "$main_class" \
    "$jar" "${program_options[@]}"
  local line
  line=$(printf '%q ' "$@")
  printf '%s\n' "${line% }"
}
