#!/usr/bin/env bash
[ -n "${BASH_VERSION:-}" ] && ! shopt -qo posix || exec env -u POSIXLY_CORRECT -u SHELLOPTS bash "$0" "$@" # started by sh
# Runs a subcommand on a standalone cluster:
#   submit/standalone.sh [--dry-run] [--event-log DIR] train --master spark://host:7077 [options]
# Options of spark-submit may be mixed in; a Spark property is --spark-conf key=value. With --deploy-mode
# cluster set CENTROID_JAR to the job jar as every Worker sees it, such as hdfs:///centroid-job.jar, and
# --exit-status-dir to a directory that this machine and every Worker reach: the script waits for the end,
# and its exit code is the one that the program left there. Java options for that driver are
# --driver-java-options, not a property.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/launch.sh"

cluster_properties() { # DEPLOY_MODE
  if [ "$1" = cluster ]; then
    # Spark's launcher opens the JDK's modules to every process but this driver.
    local package modules=-XX:+IgnoreUnrecognizedVMOptions
    for package in java.{lang,lang.invoke,lang.reflect,io,net,nio,util,util.concurrent,util.concurrent.atomic} \
      sun.{nio.ch,nio.cs,security.action,util.calendar} jdk.internal.ref; do
      modules+=" --add-opens=java.base/$package=ALL-UNNAMED"
    done
    modules+=' -Dfile.encoding=UTF-8 -Dsun.jnu.encoding=UTF-8' # its environment is the Worker's
    spark_options+=(--driver-java-options
      "$modules $(option_value --driver-java-options "$(own_property spark.driver.extraJavaOptions)" "${spark_options[@]}")")
    cluster_properties+=(spark.standalone.submit.waitAppCompletion=true)
  fi
}
cluster_step spark:// '' "$@"
