#!/usr/bin/env bash
# Runs a subcommand on a standalone cluster:
#   submit/standalone.sh [--dry-run] [--event-log DIR] train --master spark://host:7077 [options]
# Options of spark-submit may be mixed in; a Spark property is --spark-conf key=value. With --deploy-mode
# cluster set CENTROID_JAR to the job jar as every Worker sees it, such as hdfs:///centroid-job.jar; the
# script then waits for the end, but Spark's exit code is 0 even when the driver failed: look for the result.
set -euo pipefail
. "$(dirname "$0")/launch.sh"

cluster_properties() { # DEPLOY_MODE
  if [ "$1" = cluster ]; then
    cluster_properties+=(spark.standalone.submit.waitAppCompletion=true)
  fi
}
cluster_step spark:// '' "$@"
