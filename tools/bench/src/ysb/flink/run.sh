#!/usr/bin/env bash
# Builds and runs the port with the Flink of the peers (PEERS, its flink/pom.xml); prints a line of JSON. What it needs is in the environment:
# PEERS, IN and WARM (folders of the bench's input), REDIS_PORT, TMP_DIR (kept from run to run).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ -d "$TMP_DIR/target/lib" ] || mvn -q -f "$PEERS/flink/pom.xml" -DbuildDir="$TMP_DIR/target" package
mkdir -p "$TMP_DIR/ysb"
javac -cp "$TMP_DIR/target/lib/*" -d "$TMP_DIR/ysb" "$here/Ysb.java"
export RUN_DIR=$TMP_DIR/ysb-run-$$
mkdir -p "$RUN_DIR"
trap 'rm -rf "$RUN_DIR"' EXIT
java -Xms1g -Xmx1g -XX:+UseParallelGC -XX:ParallelGCThreads=2 --add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED \
  -cp "$TMP_DIR/ysb:$TMP_DIR/target/lib/*" Ysb
