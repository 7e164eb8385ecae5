#!/usr/bin/env bash
# Prepares shards: data-prep/prepare.sh --data PATH --shards DIR [--master URL] [options]
# submit/centroid.sh prepare --help lists the options; those of spark-submit may be mixed in.
set -euo pipefail
. "$(dirname "$0")/../submit/launch.sh"
last_step prepare "$@"
