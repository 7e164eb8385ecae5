#!/usr/bin/env bash
# Trains on prepared shards: submit/train.sh --shards DIR --runs DIR [--master URL] [options]
# submit/centroid.sh train --help lists the options; those of spark-submit may be mixed in.
set -euo pipefail
. "$(dirname "$0")/launch.sh"
last_step train "$@"
