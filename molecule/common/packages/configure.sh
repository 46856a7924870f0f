#!/bin/sh
# What an operator wrote before this collection came: settings in every place that the init wrapper reads.
#
#   configure.sh master|slave ADDRESS
set -eu
flags=/etc/mesos-$1

echo 'ULIMIT="-n 8192"' >/etc/default/mesos
echo "$2" >"$flags/ip"
echo /var/lib/mesos >"$flags/work_dir"
: >"$flags/?no-logger"
if [ "$1" = master ]; then
  printf "# the operator's\nPORT=5050\nCLUSTER=exercises\n" >/etc/default/mesos-master
  echo in_memory >"$flags/registry"
else
  printf "# the operator's\nMASTER=\"master1.example:5050\"\n# no newline at the end" >/etc/default/mesos-slave
  echo posix >"$flags/launcher"
  mkdir -p "$flags/resources"
  echo 2 >"$flags/resources/cpus"
  echo 1024 >"$flags/resources/mem"
  : >"$flags/?no-systemd_enable_support"
  echo '{"OPERATOR": "was here"}' >"$flags/executor_environment_variables"
fi
