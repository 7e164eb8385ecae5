# shellcheck shell=bash
# Sourced by the launch scripts: finds or builds the job jar and hands over to spark-submit.

# What others set means something else here: spark-submit reads DEPLOY_MODE.
unset CDPATH DEPLOY_MODE
centroid_home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# One native thread per task slot: more change the bits of the result and compete for the cores.
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
export OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS:-1}

# The same names of files, order and errors of the system whatever the machine's language is.
if [ "$(LC_ALL=C.UTF-8 locale charmap 2>/dev/null)" = UTF-8 ]; then
  export LC_ALL=C.UTF-8
  unset LANGUAGE
fi

# "exec" in front of a script's last step, so that signals reach the program itself.
centroid_exec=

# masked TEXT: without the values of keys that are called a secret, password, token or key, and without what is a
# secret in a URL; as io.centroid.error.Secrets has it.
masked() {
  local mask='*********(redacted)'
  local key='(secret|password|passwd|passphrase|token|credential|signature|(access|account|api|private|shared)[._-]?key)'
  printf '%s' "$1" | sed -E \
    -e "s~^([[:alnum:]][[:alnum:]_.-]*$key[[:alnum:]_.-]*=).*~\1$mask~I" \
    -e "s~([[:alnum:]_.-]*$key[[:alnum:]_.-]*=)([^[:space:]\"'&]+)~\1$mask~gI" \
    -e "s~(s3[an]?://)[^[:space:]@]+:[^[:space:]@]+@~\1$mask@~gI" \
    -e "s~([a-z][[:alnum:]_+.-]*://)[^[:space:]/@:]*:[^[:space:]/@]*@~\1$mask@~gI" \
    -e "s~(https?://)[^[:space:]/@]+@~\1$mask@~gI" \
    -e "s~(https?://(hooks?\.[^[:space:]/]+|[^[:space:]/]+/([^[:space:]]*/)?(web-?)?hooks?[^[:space:]/]*)/)[^[:space:]\"']+~\1$mask~gI"
}

die() {
  echo "centroid: $(masked "$1")" >&2
  exit "${2:-2}"
}

# Prints Scala and version of the Spark in SPARK_HOME, as in 2.12-3.5.9, or nothing.
spark_core() {
  local cores=("${SPARK_HOME:-}"/jars/spark-core_*.jar)
  cores=("${cores[0]##*/spark-core_}")
  [ "${cores[0]}" = '*.jar' ] || echo "${cores[0]%.jar}"
}

# The line of Spark: that of SPARK_HOME, or else CENTROID_SPARK. Each has a build and a runtime of its own.
case $(spark_core) in
  2.13-4.*) CENTROID_SPARK=4 ;;
  2.12-*) CENTROID_SPARK=3.5 ;;
esac
case ${CENTROID_SPARK:-3.5} in
  3.5) centroid_target=$centroid_home/target centroid_scala=2.12 line_switches=() ;;
  4) centroid_target=$centroid_home/target/spark-4 centroid_scala=2.13 line_switches=(-Dspark4) ;;
  *) die "Cannot choose a Spark: found CENTROID_SPARK=$CENTROID_SPARK, expected 3.5 or 4." ;;
esac
centroid_runtime=$centroid_target/runtime

# has_value OPTION [VALUE]...: ends the script where an option is the last word.
has_value() {
  [ $# -ge 2 ] || die "Cannot read arguments: found $1 without a value."
}

# Whether SPARK_HOME names an installed Spark, not the one that Maven assembled.
installed_spark() {
  [ -n "${SPARK_HOME:-}" ] && [ "$SPARK_HOME" != "$centroid_runtime" ]
}

# Ends the script where SPARK_HOME names none, or another one than the job runs on.
require_spark() {
  local core
  installed_spark || return 0
  core=$(spark_core)
  if [ ! -x "$SPARK_HOME/bin/spark-submit" ] || [ -z "$core" ]; then
    die "Cannot start Spark: found none in SPARK_HOME=$SPARK_HOME, expected a Spark 3.5 or 4.0 to 4.2. Correct it, or unset it to use the Spark that Maven fetches."
  fi
  case $core in
    2.12-3.5.* | 2.13-4.[0-2].*) ;;
    *) die "Cannot start Spark: found Spark ${core#*-} for Scala ${core%%-*} in SPARK_HOME=$SPARK_HOME, expected 3.5 for Scala 2.12, or 4.0 to 4.2 for Scala 2.13. Use such a one, or unset SPARK_HOME to use the Spark that Maven fetches." ;;
  esac
}

# Ends the script where the Java that would be started is another one than Spark and the job run on.
require_java() {
  local java=${JAVA_HOME:+$JAVA_HOME/bin/}java home
  java_version=''
  command -v "$java" >/dev/null ||
    die "Cannot start Java: found no $java, expected a JDK 17. Install one, or set JAVA_HOME to it."
  home=$(dirname "$(dirname "$(readlink -f "$(command -v "$java")")")")
  [ ! -r "$home/release" ] || java_version=$(sed -n 's/^JAVA_VERSION="\([^"]*\)".*/\1/p' "$home/release")
  [ -n "$java_version" ] ||
    java_version=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.version = //p')
  case $java_version in
    17 | 17[.+-]*) ;;
    *) die "Cannot start Java: found version ${java_version:-unknown} in $home, expected 17. Set JAVA_HOME to a JDK 17." ;;
  esac
}

# Ends the script where the user has no name, without which Hadoop lets nobody in.
require_user() {
  id -un >/dev/null 2>&1 ||
    die "Cannot start as user $UID: found no name for it, expected a line in /etc/passwd. Add one, or start as another user."
}

# Ends the script where the name of this machine has no address: Spark would not even read its options.
require_address() {
  [ -z "${SPARK_LOCAL_IP:-}${SPARK_LOCAL_HOSTNAME:-}" ] && command -v getent >/dev/null || return 0
  local name
  name=$(cat /proc/sys/kernel/hostname)
  getent ahosts "$name" >/dev/null ||
    die "Cannot start Spark: found no address for $name, the name of this machine, expected one in /etc/hosts. Correct it, or set SPARK_LOCAL_IP, to 127.0.0.1 where all runs on this machine."
}

# What a script asks before it does anything.
require_platform() {
  require_spark
  require_java
  require_user
  require_address
}

# Whether a file can be written, which is then there.
is_writable() {
  { mkdir -p "$(dirname "$1")" && : >>"$1"; } 2>/dev/null
}

# Sends the log elsewhere where it cannot be written in the working directory.
require_log() {
  local log=${CENTROID_LOG:-centroid.log} directory
  ! is_writable "$log" || return 0
  if [ -z "${CENTROID_LOG:-}" ]; then
    for directory in "${TMPDIR:-/tmp}" /tmp; do
      CENTROID_LOG=$directory/centroid-$UID-$$.log
      if is_writable "$CENTROID_LOG"; then
        export CENTROID_LOG
        echo "centroid: The log is $CENTROID_LOG, since $PWD/$log cannot be written." >&2
        return
      fi
    done
  fi
  die "Cannot write the log: found no way to write $log, expected a file that can be written. Name another in CENTROID_LOG, or by a pipeline's --logs."
}

# Whether there is a Spark to start: an installed one, or the one that Maven assembled.
has_spark() {
  installed_spark || [ -d "$centroid_runtime/jars" ]
}

# found_jar KIND: the jar of this kind, if it was built.
found_jar() {
  local jars=("$centroid_target"/centroid-*_"$centroid_scala"-"$1".jar)
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
    echo "found no pom.xml in $centroid_home, expected the sources. Put the jars of a release in ${centroid_target#"$centroid_home"/}."
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
  # Without the last, it ends with codes for a terminal wherever it writes to.
  MAVEN_OPTS="${MAVEN_OPTS:-} -Djansi.noreset=true" \
    mvn -q -B -Dstyle.color=never -f "$centroid_home/pom.xml" ${line_switches[@]+"${line_switches[@]}"} "$@" >&2 || die "Cannot $what: Maven failed, see above." 1
}

# Waits until no other script builds; ends with the subshell that it is called in.
alone() {
  mkdir -p "$centroid_target" && exec 9>"$centroid_target/build.lock" && flock 9
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
  export SPARK_HOME=$centroid_runtime SPARK_SCALA_VERSION=$centroid_scala
  # The directory that comes first on the class path is not there then.
  [ ${#sharing[@]} -eq 0 ] || SPARK_CONF_DIR=$centroid_runtime/conf
  export SPARK_CONF_DIR=${SPARK_CONF_DIR:-$centroid_home/conf}
  local command=() word
  while IFS= read -r -d '' word; do
    word=${word#$'\n'} # the launcher begins with a NUL and a line break
    # Spark 4's adds what nothing here needs and every JVM warns of.
    [ "$word" = --add-modules=jdk.incubator.vector ] || command+=("$word")
  done < <("$java" -Xmx128m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$(echo "$SPARK_HOME"/jars/spark-launcher_*.jar)" \
    org.apache.spark.launcher.Main org.apache.spark.deploy.SparkSubmit "$@")
  [ ${#command[@]} -gt 1 ] || die "Cannot start Spark: its launcher printed no command." 1
  ! changes_classes "${command[*]}" || sharing=()
  # The first word is what others printed before, such as a JVM that JAVA_TOOL_OPTIONS made talkative.
  $centroid_exec "${command[1]}" ${sharing[@]+"${sharing[@]}"} "${command[@]:2}"
}

# JVM options of the Spark that Maven assembled, by which its classes are mapped from an archive (class-data sharing).
sharing=()

# changes_classes OPTIONS: whether a JVM with these changes classes as it loads them, as for a flight recording from its
# start, in which one that maps them from an archive dies.
changes_classes() {
  case " $1 ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-} " in
    *' -XX:StartFlightRecording'* | *' -XX:+FlightRecorder'* | *' -javaagent:'* | *' -agent'*) return 0 ;;
  esac
  return 1
}

# Puts them there: such a JVM starts with a third less work. The archive is made once, for each Java, by a small training.
# There is none where the class path has directories, as that of a cluster's configuration.
share_classes() {
  ! changes_classes '' || return 0
  local archive=$centroid_runtime/classes-$java_version.jsa
  case ${SPARK_CONF_DIR:-}${HADOOP_CONF_DIR:-}${YARN_CONF_DIR:-} in
    '' | "$centroid_runtime/conf" | "$centroid_home/conf") ;;
    *) return 0 ;;
  esac
  [ "$archive" -nt "$centroid_runtime/jars" ] || archive_classes "$archive" || true
  # A JVM that cannot use it starts as ever, and need not say so.
  [ ! -s "$archive" ] || sharing=("-XX:SharedArchiveFile=$archive" '-Xlog:cds*=off')
}

# archive_classes FILE: makes the archive where that is possible, else an empty file, so that it is tried once.
archive_classes() (
  jar=$(found_jar job)
  [ -n "$jar" ] && [ -w "$centroid_runtime" ] || exit 0
  alone
  [ ! "$1" -nt "$centroid_runtime/jars" ] || exit 0 # another script has just made it
  echo "Archiving Spark's classes for faster starts (once) ..." >&2
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  export CENTROID_LOG=$scratch/log SPARK_LOCAL_IP=127.0.0.1
  export SPARK_SUBMIT_OPTS="\"${log_options[0]}\" ${log_options[1]}"
  sharing=("-XX:ArchiveClassesAtExit=$scratch/classes" -XX:TieredStopAtLevel=1) centroid_exec=
  small=(--set prepare.stand-in.training-images=500 --set prepare.stand-in.test-images=100 --set training.epochs=1)
  (
    bundled_spark_submit --master 'local[2]' --driver-memory 1g \
      --properties-file "$centroid_home/conf/spark-defaults.conf" --class "$main_class" "$jar" \
      prepare --stand-in --shards "$scratch/shards" "${small[@]}" \
      --and train --shards "$scratch/shards" --runs "$scratch/runs" --outcome "$scratch/outcome" "${small[@]}" \
      --and promote --force --run "$scratch/outcome" --models "$scratch/models" --name small \
      --and score --model "$scratch/models/small" --images "$centroid_home/docs" --output "$scratch/scores" --format csv
  ) >"$scratch/out" 2>&1 || true
  [ -e "$scratch/classes" ] || touch "$scratch/classes"
  mv -f "$scratch/classes" "$1"
)

# Gives the log of what is started next a file that nobody else writes to, since each would rotate it under the other:
# where another one has it, one with the id of this process. What is no regular file is not rotated.
own_log() {
  export CENTROID_LOG=${CENTROID_LOG:-centroid.log}
  if [ -e "$CENTROID_LOG" ] && [ ! -f "$CENTROID_LOG" ]; then
    export CENTROID_LOG_SIZE='1000000 GB'
    return
  fi
  mkdir -p "$(dirname "$CENTROID_LOG")" 2>/dev/null || return 0
  { exec 8>>"$CENTROID_LOG"; } 2>/dev/null || return 0
  flock -n 8 || CENTROID_LOG=${CENTROID_LOG%.log}-$BASHPID.log
}

# Where the log goes; its management beans, which nobody asks, would load the JDK's.
log_options=("-Dlog4j2.configurationFile=$centroid_home/conf/log4j2.properties" -Dlog4j2.disableJmx=true)

# The program that spark_submit runs.
main_class=io.centroid.cli.Centroid

# spark_submit JAR [spark-submit options] -- [arguments of the program]
spark_submit() {
  local jar=$1 spark_options=()
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    spark_options+=("$1")
    shift
  done
  [ $# -eq 0 ] || shift
  require_log
  add_own_properties
  spark_options+=(--class "$main_class")
  own_log
  # With a SPARK_HOME or SPARK_CONF_DIR of others the console would have all of Spark's log.
  export SPARK_SUBMIT_OPTS="\"${log_options[0]}\" ${log_options[1]} ${SPARK_SUBMIT_OPTS:-}"
  if installed_spark; then
    $centroid_exec "$SPARK_HOME/bin/spark-submit" "${spark_options[@]}" "$jar" "$@"
  else
    share_classes
    bundled_spark_submit "${spark_options[@]}" "$jar" "$@"
  fi
}

# The properties that count besides the options, if there are any: the user's file, or the cluster's own.
defaults_file() {
  local file
  file=$(option_value --properties-file '' ${spark_options[@]+"${spark_options[@]}"})
  if [ -z "$file" ] && [ -n "${SPARK_CONF_DIR:-}" ]; then
    file=$SPARK_CONF_DIR/spark-defaults.conf
  elif [ -z "$file" ] && installed_spark; then
    file=$SPARK_HOME/conf/spark-defaults.conf
  fi
  [ ! -r "$file" ] || printf '%s' "$file"
}

# given PROPERTY [OPTION]: whether spark_options, or the properties that count besides, say what it is.
given() {
  local i file names
  for ((i = 0; i < ${#spark_options[@]}; i += 2)); do
    case ${spark_options[i]}=${spark_options[i + 1]} in
      "${2:---conf=$1}"=* | --conf="$1"=*) return 0 ;;
    esac
  done
  file=$(defaults_file)
  [ -n "$file" ] || return 1
  names=$(sed -n 's/^[[:space:]]*\([^#![:space:]=:][^[:space:]=:]*\).*/\1/p' "$file")
  case $'\n'$names$'\n' in *$'\n'"$1"$'\n'*) ;; *) return 1 ;; esac
}

# own_property NAME: what Centroid's own properties say.
own_property() {
  sed -n "s/^$1  *//p" "$centroid_home/conf/spark-defaults.conf"
}

# Adds Centroid's own properties to spark_options, where nothing else says what they are.
add_own_properties() {
  local own=$centroid_home/conf/spark-defaults.conf name value
  if [ -z "$(defaults_file)" ]; then
    spark_options=(--properties-file "$own" ${spark_options[@]+"${spark_options[@]}"})
    return
  fi
  while read -r name value; do
    case $name in
      spark.*) given "$name" || spark_options+=(--conf "$name=$value") ;;
    esac
  done <"$own"
}

# Whether an option is one of spark-submit's that have a value.
is_spark_option() {
  case $1 in
    --master | --deploy-mode | --driver-memory | --executor-memory | --executor-cores | \
      --num-executors | --total-executor-cores | --properties-file | --queue | --files | --jars | \
      --archives | --packages | --exclude-packages | --repositories | --driver-cores | \
      --driver-class-path | --driver-library-path | --driver-java-options | --principal | --keytab | \
      --proxy-user | --spark-conf) ;;
    *) return 1 ;;
  esac
}

# Splits the arguments of a step: spark-submit's options into spark_options, the rest into
# program_options. --conf is a settings file, but for a Spark property, which is --spark-conf.
split_options() {
  local name value
  spark_options=() program_options=()
  while [ $# -gt 0 ]; do
    name=${1%%=*}
    case $1 in
      --*=*) value=${1#*=} ;;
      *) value=${2-} ;;
    esac
    case $name=$value in
      --conf=spark.*=*) name=--spark-conf ;;
    esac
    if ! is_spark_option "$name"; then
      program_options+=("$1")
      shift
      continue
    fi
    case $1 in
      --*=*) ;;
      *)
        has_value "$@"
        case $name=$value in
          --driver-java-options=*) ;;
          *=--*) die "Cannot read arguments: found $1 without a value, but $2." ;;
        esac
        shift
        ;;
    esac
    shift
    if [ "$name" = --spark-conf ]; then
      case $value in
        *=*) ;;
        *) die "Cannot read arguments: found --spark-conf $value, expected --spark-conf key=value." ;;
      esac
      spark_options+=(--conf "$value")
    else
      spark_options+=("$name" "$value")
    fi
    [ "$name" != --properties-file ] || [ -r "$value" ] ||
      die "Cannot read Spark's properties: found no readable file $value, expected the one that --properties-file names."
  done
}

# Adds to spark_options the master and the driver's memory, where nothing says what they are.
add_defaults() { # MASTER
  given spark.master --master || spark_options+=(--master "$1")
  given spark.driver.memory --driver-memory ||
    spark_options+=(--driver-memory "${CENTROID_DRIVER_MEMORY:-3g}")
}

# require_master MASTER: ends the script where spark-submit would have but a stack trace to say.
require_master() {
  case $1 in
    '' | local | local\[*\] | local-cluster\[*\] | spark://* | mesos://*) ;;
    yarn)
      [ -n "${HADOOP_CONF_DIR:-}${YARN_CONF_DIR:-}" ] ||
        die "Cannot launch: found neither HADOOP_CONF_DIR nor YARN_CONF_DIR, expected the directory with the cluster's configuration."
      ;;
    k8s://*)
      compgen -G "${SPARK_HOME:-$centroid_runtime}/jars/spark-kubernetes_*.jar" >/dev/null ||
        die "Cannot launch: found no Kubernetes in ${SPARK_HOME:+SPARK_HOME=}${SPARK_HOME:-the Spark that Maven fetches}, expected a Spark distribution that has it. Name one in SPARK_HOME."
      ;;
    *) die "Cannot launch: found --master $1, expected local[*], spark://host:7077, yarn or k8s://https://host:6443." ;;
  esac
}

# spark_option NAME PROPERTY: the value that spark_options give it.
spark_option() {
  local i option='' property=''
  for ((i = 0; i < ${#spark_options[@]}; i += 2)); do
    case ${spark_options[i]}=${spark_options[i + 1]} in
      "$1"=*) option=${spark_options[i + 1]} ;;
      --conf="$2"=*) property=${spark_options[i + 1]#*=} ;;
    esac
  done
  printf '%s' "${option:-$property}"
}

# Keeps of spark_options what a process on this machine needs to reach the same file systems: properties
# and packages, but neither master nor memory.
local_options() {
  local i
  local_options=()
  for ((i = 0; i < ${#spark_options[@]}; i += 2)); do
    case ${spark_options[i]} in
      --conf | --properties-file | --jars | --packages | --exclude-packages | --repositories | \
        --driver-class-path | --driver-library-path | --principal | --keytab | --proxy-user)
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

# needs_no_spark SUBCOMMAND [options]: whether that has nothing to do with Spark, nor was anything of it asked for.
needs_no_spark() {
  case " $* " in *' --and '*) return 1 ;; esac
  case $1 in
    compare | models | promote | report | rollback | runs | summary | --help | -h | --version | -V) ;;
    *) return 1 ;;
  esac
  [ ${#spark_options[@]} -eq 0 ] && [ -z "${SPARK_SUBMIT_OPTS:-}" ] && ! installed_spark
}

# start_directly JAR [arguments of the program]: without spark-submit, whose own start takes longer than such a program.
start_directly() {
  local jar=$1
  shift
  require_log
  own_log
  $centroid_exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" "${sharing[@]}" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
    "${log_options[@]}" -cp "$centroid_runtime/jars/*:$jar" "$main_class" "$@"
}

# run_step SUBCOMMAND [options of spark-submit and of the subcommand, mixed]
run_step() {
  local step=$1 jar
  shift
  require_platform
  split_options "$@"
  if needs_no_spark "$step" ${program_options[@]+"${program_options[@]}"}; then
    jar=$(job_jar) || exit $?
    share_classes
    if [ ${#sharing[@]} -gt 0 ]; then
      start_directly "$jar" "$step" ${program_options[@]+"${program_options[@]}"}
      return
    fi
  fi
  require_master "$(spark_option --master spark.master)"
  [ "$(spark_option --deploy-mode spark.submit.deployMode)" != cluster ] ||
    die "Cannot launch: found --deploy-mode cluster, expected client. submit/standalone.sh, yarn.sh and kubernetes.sh know both."
  add_defaults 'local[*]'
  jar=$(job_jar) || exit $?
  spark_submit "$jar" "${spark_options[@]}" -- "$step" ${program_options[@]+"${program_options[@]}"}
}

# option_value NAME FALLBACK [arguments]: the value of the option, the last time it is there.
option_value() {
  local name=$1 value=$2
  shift 2
  while [ $# -gt 0 ]; do
    case $1 in
      "$name") [ $# -lt 2 ] || { value=$2 && shift; } ;;
      "$name"=*) value=${1#*=} ;;
    esac
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

# settings_by_value FILE: a file of settings as a URI that holds it; empty where it is to be read where the driver is.
settings_by_value() {
  if [ ! -r "$1" ]; then
    case $1 in [a-z]*:* | /*) return ;; esac
    die "Cannot read settings $1: found no readable file, expected one here, or a path that every machine sees."
  fi
  ! grep -Eq '^[[:space:]]*include[[:space:]"]' "$1" ||
    die "Cannot send settings $1 to the driver: found an include, expected one file that has everything. Name both files by --conf."
  printf 'data:;name=%s;base64,%s' "$(basename "$1" | tr -c '[:alnum:]._\n-' _)" "$(base64 -w 0 <"$1")"
}

# Puts what is in the files of settings into program_options: a driver on another machine has no such files.
send_settings() {
  local i file sent
  for ((i = 0; i < ${#program_options[@]}; i++)); do
    case ${program_options[i]} in
      --conf=*) file=${program_options[i]#*=} ;;
      --conf) file=${program_options[i + 1]-} ;;
      *) continue ;;
    esac
    sent=$(settings_by_value "$file") || exit $?
    if [ -z "$sent" ]; then
      continue
    elif [ "${program_options[i]}" = --conf ]; then
      program_options[i + 1]=$sent
    else
      program_options[i]=--conf=$sent
    fi
  done
}

# What the script says of itself at its top.
script_help() {
  sed -n '3,/^set/s/^# \{0,1\}//p' "$0"
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
  case ${1:-} in --help | -h) script_help; exit 0 ;; esac
  while [ $# -gt 0 ]; do
    case $1 in
      --event-log | --exit-status-dir)
        has_value "$@"
        set -- "$1=$2" "${@:3}"
        ;;
    esac
    case $1 in
      --dry-run) dry_run=true ;;
      --event-log=*) event_log=${1#*=} ;;
      --exit-status-dir=*) exit_status=${1#*=} ;;
      *) arguments+=("$1") ;;
    esac
    shift
  done
  split_options ${arguments[@]+"${arguments[@]}"}
  [ -z "$(spark_option --master spark.master)" ] || master=$(spark_option --master spark.master)
  [ -n "$master" ] || die "Cannot launch: found no --master, expected one that begins with $prefix."
  case $master in
    "$prefix"*) ;;
    *) die "Cannot launch: found --master $master, expected one that begins with $prefix." ;;
  esac
  deploy_mode=$(spark_option --deploy-mode spark.submit.deployMode)
  deploy_mode=${deploy_mode:-client}
  case $deploy_mode in
    client | cluster) ;;
    *) die "Cannot launch: found --deploy-mode $deploy_mode, expected client or cluster." ;;
  esac
  case ${program_options[0]:-} in
    '' | -*) die "Cannot launch: found ${program_options[0]:-no arguments}, expected a subcommand first: prepare, train, evaluate, score, ..." ;;
  esac

  if $dry_run; then require_spark; else require_platform; fi
  add_defaults "$master"
  cluster_properties=()
  kernel_environment spark.executorEnv
  cluster_properties "$deploy_mode"
  $dry_run || require_master "$master"
  if [ "$deploy_mode" = cluster ]; then
    send_settings
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

# Prints what cluster_step would run, quoted for a shell and without secrets. Nothing is built: where there is no
# job jar yet the line names the one that would be.
print_command() {
  local jar=${CENTROID_JAR:-$(found_jar job)} submit=spark-submit
  [ -n "$jar" ] || jar=$centroid_target/centroid-$(
    sed -n 's:^  <version>\(.*\)</version>$:\1:p' "$centroid_home/pom.xml"
  )-spark-${CENTROID_SPARK:-3.5}_$centroid_scala-job.jar
  [ -z "${SPARK_HOME:-}" ] || submit=$SPARK_HOME/bin/spark-submit
  local spark_options=("$@") line='' word
  add_own_properties
  set -- env "OMP_NUM_THREADS=$OMP_NUM_THREADS" "OPENBLAS_NUM_THREADS=$OPENBLAS_NUM_THREADS" "$submit" \
    "${spark_options[@]}" --class "$main_class" "$jar" "${program_options[@]}"
  for word in "$@"; do
    line+=$(printf '%q ' "$(masked "$word")")
  done
  printf '%s\n' "${line% }"
}
