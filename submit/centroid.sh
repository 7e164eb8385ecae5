#!/usr/bin/env bash
[ -n "${BASH_VERSION:-}" ] && ! shopt -qo posix || exec env -u POSIXLY_CORRECT -u SHELLOPTS bash "$0" "$@" # started by sh
# Runs any subcommand: submit/centroid.sh prepare|train|gate|promote|...|--help [options]
#
# Options of spark-submit (--master, --deploy-mode, --driver-memory, --executor-memory, ...) may be
# mixed in; a Spark property is --spark-conf key=value, because --conf names a settings file.
# Without --master it runs on local[*].
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/launch.sh"
[ $# -gt 0 ] || set -- --help
last_step "$@"
