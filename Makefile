# "make" alone explains.  Everything that is made lands in build/ and .venv: nothing global.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

bin := .venv/bin
stages := $(bin)/python tools/stages.py
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.venv/collections
export ANSIBLE_LOCALHOST_WARNING := False
export ANSIBLE_INVENTORY_UNPARSED_WARNING := False

# what the lab is told; see docs/lab.md
lab := ANSIBLE_PIPELINING=True ANSIBLE_STDOUT_CALLBACK=mesos.security.lab ANSIBLE_HOST_PATTERN_MISMATCH=ignore \
  $(bin)/ansible-playbook --diff playbooks/lab.yml -e '{"mesos_lab_directory": "$(CURDIR)/.lab"}'
given = $(if $($1),-e '{"$2": "$(or $3,$($1))"}')
lab_variables := $(call given,EXERCISE,mesos_lab_exercise) $(call given,STEP,mesos_lab_step) \
  $(call given,STAY,mesos_lab_stay) $(call given,MESOS_BIN,mesos_lab_programs,$(abspath $(MESOS_BIN)))

##@ The lab
.PHONY: lab lab-status lab-down
lab: .setup-lab ## play the exercises on a small cluster on this machine
	@$(lab) $(lab_variables) $(ARGS)
#>                   (EXERCISE=1 STEP=c STAY=1 stops there; MESOS_BIN=DIR plays them on a real Mesos)
lab-status: .setup-lab ## which labs there are, and what runs in them
	@$(lab) -e mesos_lab_do=status $(ARGS)
lab-down: .setup-lab ## end all labs of this clone, and whatever a crash left of them
	@$(lab) -e mesos_lab_do=down $(ARGS)

##@ Tests
.PHONY: test check conformance molecule bench stage
test: .setup-dev ## everything; what .ci/run calls
	@$(stages) test
check: .setup-dev ## units, lint and sanity: under three minutes
	@$(stages) check
conformance: .setup-dev ## replay the recordings of a real Mesos (ARGS="--only tls -v")
	@tools/conformance.sh $(ARGS)
molecule: .setup-dev ## the scenarios in Debian containers with systemd (SCENARIO=exercises for one)
	@tools/molecule.sh $(SCENARIO)
bench: .setup-dev ## how long the lab's and the modules' work takes
	@$(stages) bench
stage: .setup-dev ## single stages of the tests by name: make stage NAME="ruff units"
	@$(stages) $(NAME)

##@ For developers
.PHONY: setup programs docs clean distclean help
setup: .setup-dev ## bring .venv up to date with requirements/
programs: .setup-lab ## make -s programs: install the simulator's programs and print their directory
	@PYTHONPATH=roles/mesos_lab/files/simulator $(bin)/python -m mesos_simulator.programs install build/programs >&2
	@echo $(CURDIR)/build/programs
docs: .setup-dev ## write docs/reference/ from the specs of roles and modules
	@$(bin)/python tools/reference_docs.py write
clean: ## remove what was made (not the virtual environments)
	rm -rf build .cache tests/output .ansible .hypothesis changelogs/.plugin-cache.yaml
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +
distclean: clean ## remove the virtual environments too
	rm -rf .venv .venv-*
help: ## this
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^#>/ {print substr($$0, 3)} \
	  /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: .setup-lab .setup-dev
.setup-lab .setup-dev: .setup-%:
	@tools/setup.sh $*
