#!/usr/bin/env bash
[ -n "${BASH_VERSION:-}" ] && ! shopt -qo posix || exec env -u POSIXLY_CORRECT -u SHELLOPTS bash "$0" "$@" # started by sh
# Prepares, trains, asks the gate and promotes; safe to run again, and by a scheduler:
#   submit/pipeline.sh --data PATH --models DIR [--shards DIR] [--runs DIR] [--name NAME]
#       [--logs DIR] [--notify COMMAND] [--conf FILE] [--set KEY=VALUE] [options of spark-submit]
# submit/centroid.sh pipeline --help lists the options. Options of spark-submit go to every step.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/launch.sh"

notify='' arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    --notify=*) notify=${1#*=} ;;
    --notify)
      has_value "$@"
      notify=$2
      shift
      ;;
    *) arguments+=("$1") ;;
  esac
  shift
done
logs=$(option_value --logs logs ${arguments[@]+"${arguments[@]}"})
export CENTROID_LOG=${CENTROID_LOG:-$logs/pipeline.log}

# What the names of the files in --logs begin with.
stamp=$(date -u +%Y%m%dT%H%M%S.%3NZ)

# The process that starts the others, in place of the shell that this is called in. It needs neither a master nor
# memory.
launch() {
  local jar
  require_platform
  split_options ${arguments[@]+"${arguments[@]}"}
  local_options
  jar=$(job_jar) || exit $?
  export CENTROID_PIPELINE_JAR=$jar
  centroid_exec=exec
  spark_submit "$jar" "${local_options[@]}" -- pipeline --launcher "$centroid_home/submit/centroid.sh" \
    --stamp "$stamp" ${program_options[@]+"${program_options[@]}"} -- ${spark_options[@]+"${spark_options[@]}"}
}

if [ -z "$notify" ]; then launch; fi

# Whatever the end, there is somebody who tells it: this shell, also where nothing could be started, or what was
# started is killed. One wish to end is handed on as one SIGTERM; a second one ends a step at once, so the process has
# a group of its own, which a terminal's Ctrl-C does not reach.
started=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ) said=$(mktemp) asked=''
exec 3> >(trap '' TERM INT && exec tee "$said" >&2)
listener=$!
set -m
launch 2>&3 3>&- &
pipeline=$!
set +m
exec 3>&-
trap 'asked+=x && kill -TERM -- "-$pipeline" 2>/dev/null || true' TERM INT
while :; do
  before=$asked status=0
  wait "$pipeline" 2>/dev/null || status=$?
  [ "$asked" != "$before" ] || break # a signal ends the waiting, not the process
done
wait "$listener" || true
message=$(sed -n 's/^centroid: //p' "$said" | tail -n 1)
rm "$said"
if [ "$status" -eq 0 ]; then
  message=''
elif [ -n "$asked" ] && { [ "$status" -eq 130 ] || [ "$status" -eq 143 ]; }; then
  status=7 message='The pipeline was asked to end before it had begun. Run the same again.'
  echo "centroid: $message" >&2
elif [ -z "$message" ] && [ "$status" -gt 128 ]; then
  message="The pipeline was ended by signal $((status - 128)). Run the same again to go on."
  echo "centroid: $message" >&2
elif [ -z "$message" ]; then
  message="The pipeline ended with exit code $status."
fi
case $status in
  0) word='done' ;;
  5) word=blocked ;;
  6) word=already-running ;;
  7) word=interrupted ;;
  *) word=failed ;;
esac
name=$(option_value --name cifar-10 ${arguments[@]+"${arguments[@]}"})
mkdir -p "$logs" 2>/dev/null && [ -w "$logs" ] || logs=$(mktemp -d)
case $logs in /*) ;; *) logs=$PWD/$logs ;; esac
outcome=$logs/$stamp-outcome.json

# A text in JSON.
quoted() {
  printf '"%s"' "$(printf '%s' "$1" | tr '\000-\037' ' ' | sed 's/["\\]/\\&/g')"
}

if [ ! -e "$outcome" ]; then # it did not come to its steps, or did not end them
  [ "$status" -ne 0 ] || exit 0 # nothing was asked for but help
  cat >"$outcome" <<JSON
{
  "status" : "$word",
  "exitCode" : $status,
  "message" : $(quoted "$message"),
  "model" : $(quoted "$name"),
  "started" : "$started",
  "finished" : "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)",
  "trained" : null,
  "gate" : null,
  "current" : null,
  "steps" : [ ]
}
JSON
fi

told=0 patience=60
CENTROID_STATUS=$word CENTROID_EXIT_CODE=$status CENTROID_MODEL=$name CENTROID_MESSAGE=$message \
  timeout -k 5 "$patience" /bin/sh -c "$notify \"\$1\"" notify "$outcome" \
  >"$logs/$stamp-notify.log" 2>&1 </dev/null || told=$?
case $told in
  0) exit "$status" ;;
  124) found="no end after $patience s" ;;
  137) found='an end by SIGKILL' ;; # by others, or because it did not end when it was told to
  *) found="exit code $told" ;;
esac
echo "Warning: cannot notify: found $found, expected exit code 0. See $logs/$stamp-notify.log" >&2
exit "$status"
