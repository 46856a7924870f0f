#!/bin/sh
# Lays the programs out as the Mesosphere packages do.  Where a directory of real programs is mounted at
# /usr/lib/mesos/real, those are taken instead of the simulator's.
set -eu
here=/usr/lib/mesos/packages
programs=/usr/lib/mesos/real
if [ ! -d "$programs" ]; then
  programs=/usr/libexec/mesos
  mkdir -p "$programs"
  PYTHONPATH=/usr/lib/mesos/simulator /usr/bin/python3 -B -m mesos_simulator.programs install "$programs"
fi
for name in mesos-master mesos-slave mesos-agent; do
  if [ -x "$programs/$name" ]; then ln -sf "$programs/$name" /usr/sbin/; fi
done
ln -sf "$programs/mesos-execute" "$programs/mesos-resolve" /usr/bin/
install -m 755 "$here/mesos-init-wrapper" /usr/bin/
install -m 644 "$here/mesos-master.service" "$here/mesos-slave.service" /etc/systemd/system/
mkdir -p /etc/mesos /etc/mesos-master /etc/mesos-slave /var/lib/mesos /var/log/mesos
systemctl daemon-reload
