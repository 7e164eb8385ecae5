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

  --data PATH      an archive of CIFAR-10 or a directory with its batches; without it: the archive
                   in the cache, else a download, else (saying so) the stand-in data
  --stand-in       generated data of the same shape, not CIFAR-10
  --shards DIR     where the shards go              (default: shards, or shards-stand-in)
  --runs DIR       where runs go                    (default: runs)
  --conf FILE      HOCON file with settings, repeatable
  --set KEY=VALUE  one setting, repeatable
  --help           this text

Example: submit/local.sh --stand-in --set training.epochs=3
TEXT
}

data='' shards='' runs=runs stand_in=false settings=()
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --stand-in) stand_in=true; shift; continue ;;
    --data | --shards | --runs | --conf | --set) ;;
    *) die "Cannot read arguments: found $1. Try submit/local.sh --help." ;;
  esac
  [ $# -ge 2 ] || die "Cannot read arguments: found $1 without a value."
  case $1 in
    --data) data=$2 ;;
    --shards) shards=$2 ;;
    --runs) runs=$2 ;;
    *) settings+=("$1" "$2") ;;
  esac
  shift 2
done
if $stand_in && [ -n "$data" ]; then
  die "Cannot read arguments: found both --data and --stand-in, expected one of them."
fi

prepare() {
  run_step prepare --master 'local[*]' "$@" ${settings[@]+"${settings[@]}"}
}

prepare_stand_in() {
  shards=${shards:-shards-stand-in}
  prepare --stand-in --shards "$shards"
}

if $stand_in; then
  prepare_stand_in
elif [ -n "$data" ]; then
  shards=${shards:-shards}
  prepare --data "$data" --shards "$shards"
else
  download_failed=0
  prepare --download --shards "${shards:-shards}" || download_failed=$?
  if [ "$download_failed" -eq 0 ]; then
    shards=${shards:-shards}
  elif [ "$download_failed" -eq 3 ]; then
    cat >&2 <<'TEXT'

********************************************************************************
*  No copy of CIFAR-10 could be had. Going on with STAND-IN DATA, NOT CIFAR-10. *
*  Accuracies below say nothing about CIFAR-10. With a copy: --data PATH.       *
********************************************************************************

TEXT
    prepare_stand_in
  else
    exit "$download_failed"
  fi
fi
last_step train --master 'local[*]' --shards "$shards" --runs "$runs" ${settings[@]+"${settings[@]}"}
