#!/usr/bin/env bash
[ -n "${BASH_VERSION:-}" ] && ! shopt -qo posix || exec env -u POSIXLY_CORRECT -u SHELLOPTS bash "$0" "$@" # started by sh
# Runs a subcommand on YARN, whose configuration HADOOP_CONF_DIR or YARN_CONF_DIR names:
#   submit/yarn.sh [--dry-run] [--event-log DIR] train [--deploy-mode cluster] [options]
# Options of spark-submit may be mixed in; a Spark property is --spark-conf key=value. The exit code is the
# program's; with --deploy-mode cluster the program leaves it in --exit-status-dir DIR (default: .centroid
# in the user's home directory on the cluster's file system).
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/launch.sh"

cluster_properties() { # DEPLOY_MODE
  if [ "$1" = cluster ]; then
    # One attempt: what a second could do, a checkpoint does for the next run of the same command.
    cluster_properties+=(
      spark.yarn.submit.waitAppCompletion=true
      spark.yarn.maxAppAttempts=1
      spark.yarn.appMasterEnv.OMP_NUM_THREADS=1
      spark.yarn.appMasterEnv.OPENBLAS_NUM_THREADS=1
      spark.yarn.appMasterEnv.LC_ALL=C.UTF-8
    )
    kernel_environment spark.yarn.appMasterEnv
  fi
}
cluster_step yarn yarn "$@"
