#!/usr/bin/env bash
[ -n "${BASH_VERSION:-}" ] && ! shopt -qo posix || exec env -u POSIXLY_CORRECT -u SHELLOPTS bash "$0" "$@" # started by sh
# Prepares, trains, asks the gate and promotes; safe to run again, and by a scheduler:
#   submit/pipeline.sh --data PATH --models DIR [--shards DIR] [--runs DIR] [--name NAME]
#       [--logs DIR] [--notify COMMAND] [--conf FILE] [--set KEY=VALUE] [options of spark-submit]
# submit/centroid.sh pipeline --help lists the options. Options of spark-submit go to every step.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/launch.sh"
require_platform
split_options "$@"

# The process that starts the others needs neither a master nor memory.
local_options

logs=logs
for ((i = 0; i < ${#program_options[@]} - 1; i++)); do
  [ "${program_options[i]}" != --logs ] || logs=${program_options[i + 1]}
done
export CENTROID_LOG=${CENTROID_LOG:-$logs/pipeline.log}

jar=$(job_jar) || exit $?
export CENTROID_PIPELINE_JAR=$jar
centroid_exec=exec
spark_submit "$jar" "${local_options[@]}" -- pipeline --launcher "$centroid_home/submit/centroid.sh" \
  ${program_options[@]+"${program_options[@]}"} -- ${spark_options[@]+"${spark_options[@]}"}
