#!/usr/bin/env bash
[ -n "${BASH_VERSION:-}" ] && ! shopt -qo posix || exec env -u POSIXLY_CORRECT -u SHELLOPTS bash "$0" "$@" # started by sh
# Spark's standalone Master and Workers, an HDFS and a YARN on this machine, each a JVM of its own, from
# what Maven fetches. For trying out and for tests; everything listens on the loopback interface only.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/launch.sh"

usage() {
  cat <<'TEXT'
Usage: submit/cluster-local.sh up|status|down [options]
       submit/cluster-local.sh add worker|datanode [options]

  up       starts a Master, Workers, a NameNode and DataNodes, with --nodemanagers a ResourceManager
           and NodeManagers, waits until they are ready, and prints their addresses
  add      starts one more Worker or DataNode
  status   prints addresses and processes; exit code 1 when something is not running
  down     ends all of it; the files stay

  --directory DIR     logs, process ids and the files of HDFS   (default: target/cluster-local)
  --workers N         Workers; 0 for no standalone cluster      (default: 2)
  --worker-cores N    cores of each                             (default: 1)
  --worker-memory M   memory of each                            (default: 1500m)
  --datanodes N       DataNodes; 0 for no HDFS                  (default: 1)
  --nodemanagers N    NodeManagers; 0 for no YARN               (default: 0)
  --node-memory MB    memory that each gives to containers      (default: 6144)
TEXT
}

[ $# -gt 0 ] || set -- --help
action=$1 kind='' directory=$centroid_target/cluster-local
workers=2 worker_cores=1 worker_memory=1500m datanodes=1 nodemanagers=0 node_memory=6144
shift
case $action in
  --help | -h) usage; exit 0 ;;
  up | status | down) ;;
  add)
    kind=${1:-}
    case $kind in
      worker | datanode) shift ;;
      *) die "Cannot add to the cluster: found '$kind', expected worker or datanode." ;;
    esac
    ;;
  *) die "Cannot read arguments: found $action, expected up, add, status or down. Try submit/cluster-local.sh --help." ;;
esac
while [ $# -gt 0 ]; do
  case $1 in --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;; esac
  case $1 in --help | -h) usage; exit 0 ;; esac
  has_value "$@"
  case $1 in
    --directory) case $2 in /*) directory=$2 ;; *) directory=$PWD/$2 ;; esac ;;
    --workers) workers=$2 ;;
    --worker-cores) worker_cores=$2 ;;
    --worker-memory) worker_memory=$2 ;;
    --datanodes) datanodes=$2 ;;
    --nodemanagers) nodemanagers=$2 ;;
    --node-memory) node_memory=$2 ;;
    *) die "Cannot read arguments: found $1. Try submit/cluster-local.sh --help." ;;
  esac
  shift 2
done
for count in "$workers" "$worker_cores" "$datanodes" "$nodemanagers" "$node_memory"; do
  case $count in
    '' | *[!0-9]*) die "Cannot read arguments: found '$count', expected a whole number." ;;
  esac
done

# When a process started, in clock ticks since the machine did: tells it from a later one of the same id.
started() {
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

# running NAME: whether the process that was started under this name is there. One that ended before its start
# could be read has none in its file.
running() {
  local pid start
  read -r pid start 2>/dev/null <"$directory/$1.pid" || return 1
  [ -n "$start" ] && [ "$(started "$pid")" = "$start" ]
}

# names KIND: the names of this kind there are, in order.
names() {
  local file
  for file in "$directory/$1"*.pid; do
    [ ! -e "$file" ] || basename "$file" .pid
  done | sort -V
}

# start NAME MEMORY CLASSPATH CLASS [arguments]: a JVM in the background, its output in NAME.log.
start() {
  local name=$1 memory=$2 classpath=$3 pid
  shift 3
  rm -f "$directory/$name.log"*
  setsid "${JAVA_HOME:+$JAVA_HOME/bin/}java" "-Xmx$memory" \
    --add-opens java.base/java.lang=ALL-UNNAMED \
    "-Dlog4j2.configurationFile=$centroid_home/conf/cluster-local-log4j2.properties" -Dlog4j2.disableJmx=true "-Dlog=$directory/$name.log" \
    -cp "$classpath" "$@" >>"$directory/$name.log" 2>&1 </dev/null &
  pid=$!
  echo "$pid $(started "$pid")" >"$directory/$name.pid"
}

# ready NAME PATTERN: waits for a line of the log, and prints the part that the pattern's group holds.
ready() {
  local found
  until found=$(sed -nE "s~.*$2.*~\1~p" "$directory/$1.log" | head -n 1) && [ -n "$found" ]; do
    running "$1" || die "Cannot start $1: it ended, see $directory/$1.log." 1
    sleep 0.1
  done
  echo "$found"
}

start_worker() {
  start "$1" 256m "$centroid_runtime/jars/*" org.apache.spark.deploy.worker.Worker --host 127.0.0.1 \
    --port 0 --webui-port 0 --cores "$worker_cores" --memory "$worker_memory" \
    --work-dir "$directory/$1" "$(cat "$directory/master.address")"
}

worker_ready() {
  ready "$1" 'Successfully registered with master (spark:[^ ]+)' >/dev/null
}

hadoop_classpath() {
  echo "$centroid_runtime/hadoop/*:$centroid_runtime/jars/*"
}

start_datanode() {
  start "$1" 256m "$(hadoop_classpath)" org.apache.hadoop.hdfs.server.datanode.DataNode \
    -D "fs.defaultFS=$(cat "$directory/hdfs.address")" -D "dfs.datanode.data.dir=file://$directory/$1" \
    -D dfs.datanode.address=127.0.0.1:0 -D dfs.datanode.http.address=127.0.0.1:0 \
    -D dfs.datanode.ipc.address=127.0.0.1:0
}

datanode_ready() {
  ready "$1" 'Successfully sent (block report)' >/dev/null
}

# A NameNode notices within seconds, not after ten minutes, that a DataNode is gone.
start_namenode() {
  local options=(-D "dfs.namenode.name.dir=file://$directory/namenode" -D fs.defaultFS=hdfs://127.0.0.1:0
    -D dfs.namenode.http-address=127.0.0.1:0 -D dfs.namenode.heartbeat.recheck-interval=2000
    -D dfs.heartbeat.interval=1 -D dfs.namenode.safemode.extension=0)
  if [ ! -d "$directory/namenode" ]; then
    start namenode 256m "$(hadoop_classpath)" org.apache.hadoop.hdfs.server.namenode.NameNode "${options[@]}" \
      -format -nonInteractive
    wait $! || die "Cannot format HDFS: the NameNode failed, see $directory/namenode.log." 1
  fi
  start namenode 256m "$(hadoop_classpath)" org.apache.hadoop.hdfs.server.namenode.NameNode "${options[@]}"
}

# What Maven fetches for HDFS and YARN, beside Spark.
hadoop_runtime() {
  [ -d "$centroid_runtime/hadoop" ] || (
    alone
    [ -d "$centroid_runtime/hadoop" ] || {
      echo "Fetching HDFS and YARN by Maven (once) ..." >&2
      maven "fetch HDFS and YARN" dependency:copy@hadoop-runtime
    }
  ) || exit $?
}

# site FILE [NAME=VALUE]...: a configuration file of Hadoop.
site() {
  local file=$1 property
  shift
  {
    echo '<configuration>'
    for property in "$@"; do
      printf '  <property><name>%s</name><value>%s</value></property>\n' "${property%%=*}" "${property#*=}"
    done
    echo '</configuration>'
  } >"$file"
}

start_resourcemanager() {
  local name options=()
  for name in address scheduler.address resource-tracker.address admin.address webapp.address; do
    options+=(-D "yarn.resourcemanager.$name=127.0.0.1:0")
  done
  start resourcemanager 256m "$(hadoop_classpath)" org.apache.hadoop.yarn.server.resourcemanager.ResourceManager \
    "${options[@]}" -D "hadoop.tmp.dir=$directory/resourcemanager" -D yarn.resourcemanager.hostname=127.0.0.1 \
    -D "yarn.node-attribute.fs-store.root-dir=file://$directory/resourcemanager" \
    -D yarn.resourcemanager.scheduler.class=org.apache.hadoop.yarn.server.resourcemanager.scheduler.fifo.FifoScheduler \
    -D yarn.resourcemanager.nodemanagers.heartbeat-interval-ms=100
}

# Waits, and writes for NodeManagers and clients at which ports the ResourceManager listens: it tells
# in its configuration, at /conf of its page.
resourcemanager_ready() {
  local page file_system=file:/// addresses
  ready resourcemanager 'ResourceManager: (Transitioned to active state)' >/dev/null
  page=$(ready resourcemanager 'Web app cluster started at ([0-9]+)')
  exec 3<>"/dev/tcp/127.0.0.1/$page"
  printf 'GET /conf HTTP/1.0\r\n\r\n' >&3
  addresses=$(sed -nE \
    's~.*<name>(yarn\.resourcemanager\.[a-z.-]*address)</name><value>([^<]*:[1-9][0-9]*)</value>.*~\1=\2~p' <&3)
  exec 3>&-
  mkdir -p "$directory/hadoop-conf"
  [ ! -e "$directory/hdfs.address" ] || file_system=$(cat "$directory/hdfs.address")
  site "$directory/hadoop-conf/core-site.xml" "fs.defaultFS=$file_system"
  # shellcheck disable=SC2086 # addresses have no spaces
  site "$directory/hadoop-conf/yarn-site.xml" $addresses
}

# Containers find Java by JAVA_HOME of their NodeManager.
start_nodemanager() {
  JAVA_HOME=${JAVA_HOME:-$(java -XshowSettings:properties -version 2>&1 | sed -n 's/ *java.home = //p')} \
    start "$1" 256m "$directory/hadoop-conf:$(hadoop_classpath)" \
    org.apache.hadoop.yarn.server.nodemanager.NodeManager -D yarn.nodemanager.address=127.0.0.1:0 \
    -D yarn.nodemanager.localizer.address=127.0.0.1:0 -D yarn.nodemanager.webapp.address=127.0.0.1:0 \
    -D "hadoop.tmp.dir=$directory/$1" -D "yarn.nodemanager.log-dirs=$directory/$1/logs" \
    -D "yarn.nodemanager.resource.memory-mb=$node_memory" -D yarn.nodemanager.vmem-check-enabled=false \
    -D yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage=100
}

nodemanager_ready() {
  ready "$1" '(Registered with ResourceManager)' >/dev/null
}

# The processes of one kind that are to be there.
numbered() {
  local number
  for ((number = 1; number <= $2; number++)); do
    echo "$1-$number"
  done
}

up() {
  local name
  for name in $(names ''); do
    ! running "$name" ||
      die "Cannot start a cluster in $directory: found a running $name, expected none. Use 'down' first."
    rm "$directory/$name.pid"
  done
  [ "$datanodes" -eq 0 ] && [ "$nodemanagers" -eq 0 ] || hadoop_runtime
  mkdir -p "$directory"
  [ "$datanodes" -eq 0 ] || start_namenode
  [ "$nodemanagers" -eq 0 ] || start_resourcemanager
  rm -f "$directory"/*.address
  if [ "$workers" -gt 0 ]; then
    start master 256m "$centroid_runtime/jars/*" org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 0 \
      --webui-port 0
    ready master 'Starting Spark master at (spark:[^ ]+)' >"$directory/master.address"
    ready master 'MasterWebUI: .*(http:[^ ]+)' >"$directory/master.page"
    for name in $(numbered worker "$workers"); do start_worker "$name"; done
  fi
  if [ "$datanodes" -gt 0 ]; then
    echo "hdfs://$(ready namenode 'NameNode RPC up at: [^/]*/([0-9.]+:[0-9]+)')" >"$directory/hdfs.address"
    for name in $(numbered datanode "$datanodes"); do start_datanode "$name"; done
  fi
  if [ "$nodemanagers" -gt 0 ]; then
    resourcemanager_ready
    for name in $(numbered nodemanager "$nodemanagers"); do start_nodemanager "$name"; done
  fi
  for name in $(names worker); do worker_ready "$name"; done
  for name in $(names datanode); do datanode_ready "$name"; done
  for name in $(names nodemanager); do nodemanager_ready "$name"; done
  status
}

add() {
  local number=1 name leader=master
  [ "$kind" = worker ] || leader=namenode
  running "$leader" || die "Cannot add to the cluster: found no $leader in $directory. Use 'up' first."
  while [ -e "$directory/$kind-$number.pid" ]; do number=$((number + 1)); done
  name=$kind-$number
  "start_$kind" "$name"
  "${kind}_ready" "$name"
  echo "$name is ready"
}

status() {
  local name gone=0
  [ -n "$(names '')" ] || { echo "no cluster in $directory"; return 1; }
  ! [ -e "$directory/master.address" ] || printf '%-15s %s\n' Spark "$(cat "$directory/master.address")"
  ! running master || printf '%-15s %s\n' 'its page' "$(cat "$directory/master.page")"
  ! [ -e "$directory/hdfs.address" ] || printf '%-15s %s\n' HDFS "$(cat "$directory/hdfs.address")"
  ! [ -e "$directory/resourcemanager.pid" ] || printf '%-15s %s\n' YARN "HADOOP_CONF_DIR=$directory/hadoop-conf"
  for name in $(names ''); do
    if running "$name"; then
      printf '%-15s process %s\n' "$name" "$(cut -d' ' -f1 "$directory/$name.pid")"
    else
      printf '%-15s not running, see %s\n' "$name" "$directory/$name.log"
      gone=1
    fi
  done
  return $gone
}

down() {
  local name
  for name in $(names ''); do
    ! running "$name" || kill "$(cut -d' ' -f1 "$directory/$name.pid")"
  done
  for name in $(names ''); do
    while running "$name"; do sleep 0.1; done
    rm "$directory/$name.pid"
  done
  rm -f "$directory"/*.address
}

case $action in
  up | add)
    require_platform
    job_jar >/dev/null
    share_classes
    export SPARK_HOME=$centroid_runtime SPARK_SCALA_VERSION=$centroid_scala SPARK_LOCAL_IP=127.0.0.1
    export SPARK_LOCAL_DIRS=$directory/spark
    # Of executors, too, which Workers start.
    [ ${#sharing[@]} -eq 0 ] || export JDK_JAVA_OPTIONS="${JDK_JAVA_OPTIONS:-} \"${sharing[0]}\" ${sharing[1]}"
    ;;
esac
"$action"
