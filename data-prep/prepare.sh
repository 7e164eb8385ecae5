#!/usr/bin/env bash
[ -n "${BASH_VERSION:-}" ] && ! shopt -qo posix || exec env -u POSIXLY_CORRECT -u SHELLOPTS bash "$0" "$@" # started by sh
# Prepares shards: data-prep/prepare.sh --data PATH --shards DIR [--master URL] [options]
# submit/centroid.sh prepare --help lists the options; those of spark-submit may be mixed in.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/../submit/launch.sh"
last_step prepare "$@"
