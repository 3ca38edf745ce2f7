#!/usr/bin/env bash
# A real Apache Kafka (KRaft, one node) on this machine, from Maven's jars: kafka.sh start | stop | status | run
# `run` stays in the foreground. TECHRESCUE_KAFKA_PORT (29092) is the broker's, the next one the controller's.
# Jars are kept in .tools/kafka, the data in .tools/kafka-data-PORT: `stop` keeps it, removing the folder forgets it.
set -euo pipefail
cd "$(dirname "$0")/.."

port="${TECHRESCUE_KAFKA_PORT:-29092}"
controller="$((port + 1))"
jars=.tools/kafka/lib
data="$PWD/.tools/kafka-data-$port"
pid_file="$data/broker.pid"
python="${TECHRESCUE_PYTHON:-.venv/bin/python}"

need() {
  local command="$1" package="$2"
  command -v "$command" >/dev/null && return
  if [[ "$(id -u)" != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "kafka.sh needs '$command' (Debian, Ubuntu: apt-get install $package)" >&2
    exit 1
  fi
  echo "Installing $package"
  apt-get update -qq >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null
}

fetch_jars() {
  [[ -e .tools/kafka/.complete && .tools/kafka/.complete -nt scripts/kafka/pom.xml ]] && return
  need mvn maven
  echo "Fetching Apache Kafka from Maven"
  rm -rf "$jars"
  mvn -q -B -f scripts/kafka/pom.xml dependency:copy-dependencies -DoutputDirectory="$PWD/$jars"
  touch .tools/kafka/.complete
}

format_once() {
  [[ -e "$data/log/meta.properties" ]] && return
  mkdir -p "$data"
  cat >"$data/server.properties" <<CONF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=$data/log
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
CONF
  local cluster
  cluster="$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=')"
  java -cp "$jars/*" kafka.tools.StorageTool format --cluster-id="$cluster" -c "$data/server.properties" >/dev/null
}

prepare() {
  mkdir -p .tools
  need java default-jre-headless
  fetch_jars
  format_once
}

# It lives for minutes, on few cores that it shares with what it is there for: compiling for hours to come would take a quarter of
# one away, and parallel collectors fight for it.
java_options="-Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

broker() { exec java $java_options -cp "$jars/*" kafka.Kafka "$data/server.properties"; }

# The process of our pid file, if it is alive and really our broker: after a reboot the number may be anybody's.
running() {
  [[ -e "$pid_file" ]] && tr '\0' ' ' <"/proc/$(cat "$pid_file")/cmdline" 2>/dev/null | grep -qF "$data/server.properties"
}

# Asks the port itself; a log line or a sleep would only guess.
answers() { "$python" scripts/kafka/answers.py "127.0.0.1:$port" "$1"; }

case "${1:-}" in
  start)
    if ! running; then
      prepare
      nohup bash -c "echo \$\$ >'$pid_file'; exec java $java_options -cp '$jars/*' kafka.Kafka '$data/server.properties'" \
        >"$data/broker.out" 2>&1 </dev/null &
    fi
    answers 60 || { echo "Kafka did not start; see $data/broker.out" >&2; exit 1; }
    echo "ready: 127.0.0.1:$port"
    ;;
  run)
    prepare
    broker
    ;;
  stop)
    if running; then
      pid="$(cat "$pid_file")"
      kill "$pid"
      for _ in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
      if kill -0 "$pid" 2>/dev/null; then kill -9 "$pid"; fi
    fi
    rm -f "$pid_file"
    ;;
  status)
    running && answers 5 && echo "ready: 127.0.0.1:$port"
    ;;
  *)
    sed -n '2,4p' "$0" | sed 's/^# //'
    exit 2
    ;;
esac
