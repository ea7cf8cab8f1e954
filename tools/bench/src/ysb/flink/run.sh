#!/usr/bin/env bash
# Builds and runs the port with the Flink of the peers (PEERS, its flink/pom.xml); prints a line of JSON. What it needs is in the environment:
# PEERS, IN and WARM (folders of the bench's input), EVENTS of IN, REDIS_PORT, TMP_DIR (kept from run to run).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
jar=$TMP_DIR/target/adjoin-flink-1.jar
# As the peers' own run.sh does, with which the folder is shared.
if [ ! -d "$TMP_DIR/target/lib" ] || [ -n "$(find "$PEERS/flink/src" "$PEERS/flink/pom.xml" -newer "$jar" 2>/dev/null | head -1)" ]; then
  mvn -q -f "$PEERS/flink/pom.xml" -DbuildDir="$TMP_DIR/target" package
fi
rm -rf "$TMP_DIR/ysb"
mkdir -p "$TMP_DIR/ysb"
javac -cp "$TMP_DIR/target/lib/*" -d "$TMP_DIR/ysb" "$here/Ysb.java"
export RUN_DIR=$TMP_DIR/ysb-run-$$
mkdir -p "$RUN_DIR"
java -Xms1g -Xmx1g -XX:+UseParallelGC -XX:ParallelGCThreads=2 --add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED \
  -cp "$TMP_DIR/ysb:$TMP_DIR/target/lib/*" Ysb &
java=$!
trap 'kill "$java" 2>/dev/null || true; rm -rf "$RUN_DIR"' EXIT TERM INT
wait "$java"
