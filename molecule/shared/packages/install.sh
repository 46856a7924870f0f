#!/bin/sh
# Lays the programs out as the Mesosphere packages do.  Where real programs are mounted at /usr/lib/mesos/real,
# those are taken instead of the simulator's.
set -eu
here=/usr/lib/mesos/packages
if [ -d /usr/lib/mesos/real ]; then
  ln -sf /usr/lib/mesos/real/* /usr/bin/
else
  mkdir -p /usr/libexec/mesos
  PYTHONPATH=/usr/lib/mesos/simulator python3 -B -m mesos_simulator.programs install /usr/libexec/mesos
  ln -sf /usr/libexec/mesos/mesos-master /usr/libexec/mesos/mesos-slave /usr/libexec/mesos/mesos-agent /usr/sbin/
  ln -sf /usr/libexec/mesos/mesos-execute /usr/libexec/mesos/mesos-resolve /usr/bin/
fi
install -m 755 "$here/mesos-init-wrapper" /usr/bin/
install -m 644 "$here/mesos-master.service" "$here/mesos-slave.service" /etc/systemd/system/
mkdir -p /etc/mesos /etc/mesos-master /etc/mesos-slave /var/lib/mesos /var/log/mesos
systemctl daemon-reload
