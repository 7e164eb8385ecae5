#!/usr/bin/env bash
[ -n "${BASH_VERSION:-}" ] && ! shopt -qo posix || exec env -u POSIXLY_CORRECT -u SHELLOPTS bash "$0" "$@" # started by sh
# Prepares and trains on this machine, with nothing but JDK 17 and Maven installed.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/launch.sh"

usage() {
  cat <<'TEXT'
Usage: submit/local.sh [options]

Builds what is missing, prepares CIFAR-10 as Parquet shards, trains the dense network on local[*]
by parameter averaging, and prints summary, metrics and where everything is.

  --data PATH      an archive of CIFAR-10 or CIFAR-100 or a directory with its batches, the files of MNIST,
                   or a directory with one of pictures for each class; without it: CIFAR-10's archive in
                   the cache, else a download, else, where nothing came, the stand-in data
  --table PATH     a table that Spark reads, with --label COLUMN and, if need be, --features, --split,
                   --id, --weight and --format: data-prep/README.md
  --image-size HEIGHTxWIDTH
                   what pictures of your own are resized to, as 64x64
  --image-channels N
                   1 to make them grey levels, 3 colours; else they are what the first one is
  --site URL       a mirror to download from, the folder of cifar-10-binary.tar.gz or its address
  --stand-in       generated data of the same shape, not CIFAR-10
  --shards DIR     where the shards go              (default: shards, or shards-stand-in)
  --runs DIR       where runs go                    (default: runs)
  --conf FILE      HOCON file with settings, repeatable
  --set KEY=VALUE  one setting, repeatable
  --driver-memory M, --master local[N], --spark-conf KEY=VALUE
                   and other options of spark-submit
  --help           this text

Paths are of this machine, unless they name another file system (hdfs://host/data).

Example: submit/local.sh --stand-in --set training.epochs=3
TEXT
}

data='' table='' own=() site='' shards='' runs=runs stand_in=false settings=()
while [ $# -gt 0 ]; do
  case $1 in --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;; esac
  case $1 in
    --help | -h) usage; exit 0 ;;
    --stand-in) stand_in=true; shift; continue ;;
    --data | --table | --image-size | --image-channels | --label | --features | --split | --id | --weight | --format | --site | --shards | --runs | --conf | --set) ;;
    *) is_spark_option "$1" || die "Cannot read arguments: found $1. Try submit/local.sh --help." ;;
  esac
  has_value "$@"
  case $1 in
    --data) data=$2 ;;
    --table) table=$2 ;;
    --image-size | --image-channels | --label | --features | --split | --id | --weight | --format) own+=("$1" "$2") ;;
    --site) site=$2 ;;
    --shards) shards=$2 ;;
    --runs) runs=$2 ;;
    *) settings+=("$1" "$2") ;;
  esac
  shift 2
done
if $stand_in && [ -n "$data" ]; then
  die "Cannot read arguments: found both --data and --stand-in, expected one of them."
fi
if [ -n "$table" ] && { $stand_in || [ -n "$data" ]; }; then
  die "Cannot read arguments: found --table and other data, expected one of them."
fi
if [ ${#own[@]} -gt 0 ] && [ -z "$data$table" ]; then
  die "Cannot read arguments: found ${own[0]} without --data or --table, expected data of yours."
fi
if [ -n "$site" ] && { $stand_in || [ -n "$data$table" ]; }; then
  die "Cannot read arguments: found --site and data that need no download, expected one of them."
fi

# local_path PATH: one of this machine, whatever file system the Hadoop configuration has for paths without one.
local_path() {
  if [[ $1 =~ ^[A-Za-z][A-Za-z0-9+.-]*:/ ]]; then
    printf '%s' "$1"
  else
    case $1 in
      /*) printf 'file:%s' "$1" ;;
      *) printf 'file:%s/%s' "$PWD" "$1" ;;
    esac
  fi
}

# Where a download is kept: as prepare --help says.
cache=${XDG_CACHE_HOME:-}
case $cache in
  /*) ;;
  *) cache=${HOME:-~}/.cache ;;
esac
cache=$cache/centroid

# Whether a download was there before, or brought anything.
something_came() {
  compgen -G "$cache/cifar-10-*.tar.gz*" >/dev/null
}

# What trains on what was prepared.
training() {
  train=(train --shards "$prepared" --runs "$(local_path "$runs")" ${settings[@]+"${settings[@]}"})
}

# prepare_and_train DEFAULT [options]: in one process, by shards that were named, or those of this name.
prepare_and_train() {
  prepared=$(local_path "${shards:-$1}")
  shift
  training
  last_step prepare --master 'local[*]' "$@" --shards "$prepared" ${settings[@]+"${settings[@]}"} --and "${train[@]}"
}

if $stand_in; then
  prepare_and_train shards-stand-in --stand-in
elif [ -n "$data" ]; then
  prepare_and_train shards --data "$(local_path "$data")" ${own[@]+"${own[@]}"}
elif [ -n "$table" ]; then
  prepare_and_train shards --table "$(local_path "$table")" ${own[@]+"${own[@]}"}
fi

# A process of its own, whose end tells whether there is something to train on.
prepared=$(local_path "${shards:-shards}")
status=0
run_step prepare --master 'local[*]' --download --cache "$cache" ${site:+--site "$site"} --shards "$prepared" \
  ${settings[@]+"${settings[@]}"} || status=$?
case $status in
  0)
    training
    last_step "${train[@]}" --master 'local[*]'
    ;;
  3 | 8)
    ! something_came || exit "$status" # and it goes on the next time
    cat >&2 <<'TEXT'

********************************************************************************
*  No copy of CIFAR-10 could be had. Going on with STAND-IN DATA, NOT CIFAR-10. *
*  Accuracies below say nothing about CIFAR-10. With a copy: --data PATH.       *
********************************************************************************

TEXT
    prepare_and_train shards-stand-in --stand-in
    ;;
  *) exit "$status" ;;
esac
