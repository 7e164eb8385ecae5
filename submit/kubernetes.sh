#!/usr/bin/env bash
[ -n "${BASH_VERSION:-}" ] && ! shopt -qo posix || exec env -u POSIXLY_CORRECT -u SHELLOPTS bash "$0" "$@" # started by sh
# Runs a subcommand on Kubernetes:
#   CENTROID_IMAGE=registry.example.org/centroid:0.1.0 submit/kubernetes.sh [--dry-run] [--event-log DIR] \
#       train --master k8s://https://host:6443 --deploy-mode cluster --exit-status-dir s3a://bucket/centroid [options]
# Options of spark-submit may be mixed in; a Spark property is --spark-conf key=value. The spark-submit of a
# Spark distribution with Kubernetes is needed (SPARK_HOME). The image is Spark's with
# Java 17 and the job jar at /opt/centroid/centroid-job.jar; CENTROID_JAR names another place for cluster mode.
# In cluster mode the exit code is the one that the program left in --exit-status-dir, which this machine
# and the driver reach.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/launch.sh"

cluster_properties() { # DEPLOY_MODE
  [ -n "${CENTROID_IMAGE:-}" ] ||
    die "Cannot launch: found no CENTROID_IMAGE, expected an image of Spark with the job jar."
  cluster_properties+=("spark.kubernetes.container.image=$CENTROID_IMAGE")
  if [ "$1" = cluster ]; then
    # A driver's pod has a file system of its own. Absolute paths may be a volume that both mount.
    case $exit_status in
      /* | *:/*) ;;
      *)
        local found=${exit_status:+--exit-status-dir $exit_status}
        found=${found:-no --exit-status-dir}
        die "Cannot launch: found $found, expected one that driver and this machine can both reach, such as s3a://bucket/exit-status. Name it, or use --deploy-mode client."
        ;;
    esac
    CENTROID_JAR=${CENTROID_JAR:-local:///opt/centroid/centroid-job.jar}
    cluster_properties+=(
      spark.kubernetes.submission.waitAppCompletion=true
      # For --packages: the driver's user has no home directory, where Ivy would keep them.
      "spark.jars.ivy=/tmp/centroid-ivy-$UID"
      spark.kubernetes.driverEnv.OMP_NUM_THREADS=1
      spark.kubernetes.driverEnv.OPENBLAS_NUM_THREADS=1
      spark.kubernetes.driverEnv.LC_ALL=C.UTF-8
    )
    kernel_environment spark.kubernetes.driverEnv
  fi
}
cluster_step k8s:// '' "$@"
