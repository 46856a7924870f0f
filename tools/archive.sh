#!/usr/bin/env bash
# Build the archive, look into it, install it into an empty path, and run a play from there as a user would.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
bin=$root/.venv/bin
work=$root/build/archive
rm -rf "$work"
mkdir -p "$work"

# from a copy of what git knows, so that nothing lying about gets in
git ls-files -z | while IFS= read -r -d '' file; do [ -e "$file" ] && printf '%s\0' "$file"; done |
  tar --null -T - -cf - | (mkdir "$work/source" && tar -C "$work/source" -xf -)
"$bin/ansible-galaxy" collection build --output-path "$work" "$work/source"
archive=$(echo "$work"/mesos-security-*.tar.gz)

size=$(stat -c %s "$archive")
[ "$size" -lt 2000000 ] || { echo "the archive has $size bytes; at most 2 MB are wanted" >&2; exit 1; }
unwanted=$(tar -tzf "$archive" | grep -E '^(tests|molecule|tools|requirements|build|\.)|__pycache__|recordings' || true)
[ -z "$unwanted" ] || { printf 'not for users, yet in the archive (build_ignore in galaxy.yml):\n%s\n' "$unwanted" >&2; exit 1; }
for wanted in README.md LICENSE CHANGELOG.md meta/runtime.yml playbooks/lab.yml plugins/modules/mesos_component.py \
  roles/mesos_lab/files/simulator/mesos_simulator/programs.py docs/mesos/security.md; do
  tar -tzf "$archive" "$wanted" >/dev/null || { echo "the archive lacks $wanted" >&2; exit 1; }
done

# nothing but the new path: not the checkout, and no python path with our link in it
export ANSIBLE_COLLECTIONS_PATH=$work/installed
export ANSIBLE_COLLECTIONS_SCAN_SYS_PATH=False
"$bin/ansible-galaxy" collection install --offline -p "$work/installed" "$archive"
cd "$work"
"$bin/ansible-playbook" -i localhost, "$root/tests/archive/play.yml" \
  -e work="$work" -e installed="$work/installed/ansible_collections/mesos/security"
echo "the archive has $size bytes and works"
