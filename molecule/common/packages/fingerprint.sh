#!/bin/sh
# Prints owner, mode, checksum and name of every file that gives Mesos settings, so that two states can be compared.
find /etc/default /etc/mesos-master /etc/mesos-slave \( -path '/etc/default/*' ! -name 'mesos*' \) -o -type f -print |
  sort | while read -r path; do
  echo "$(stat -c '%U:%G %a' "$path") $(sha256sum <"$path" | cut -c -64) $path"
done
