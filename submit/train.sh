#!/usr/bin/env bash
[ -n "${BASH_VERSION:-}" ] && ! shopt -qo posix || exec env -u POSIXLY_CORRECT -u SHELLOPTS bash "$0" "$@" # started by sh
# Trains on prepared shards: submit/train.sh --shards DIR --runs DIR [--master URL] [options]
# submit/centroid.sh train --help lists the options; those of spark-submit may be mixed in.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/launch.sh"
last_step train "$@"
