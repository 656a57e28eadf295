# SPDX-License-Identifier: Apache-2.0
# The one way in. Every target installs what it lacks first and says what that is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help deps test-deps build run test unit contract e2e vm vm-storm truth kmod lint bench bench-kernel clean

# BPF needs root; without root and without sudo the exporter starts all the same and says so.
SUDO := $(if $(filter 0,$(shell id -u)),,$(shell command -v sudo))
ARGS ?=
KDIR ?= /lib/modules/$(shell uname -r)/build

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install what building needs
	@deploy/deps/install build

test-deps:
	@deploy/deps/install build test

build: deps ## leave build/packetdrop_exporter
	@cmake --preset release --log-level=WARNING
	@cmake --build --preset release

run: build ## start the exporter in the foreground, counting; ARGS='--flag ...'
	@exec $(SUDO) ./build/packetdrop_exporter $(ARGS)

kmod: ## build the kernel module, build/kmod/drop_packet.ko, for the running kernel or KDIR=
	@[[ -e $(KDIR)/Makefile ]] || { echo "make kmod: no kernel headers in $(KDIR);" \
	  "apt-get install linux-headers-$(shell uname -r), or name theirs with KDIR=" >&2; exit 1; }
	@mkdir -p build/kmod && cp -r kmod/. build/kmod/
	@$(MAKE) --no-print-directory -C $(KDIR) M=$(CURDIR)/build/kmod CONFIG_DEBUG_INFO_BTF_MODULES= modules

test: lint build ## run every test that this machine can run, other kernels in QEMU among them
	@ctest --preset release -LE '^vm$$'
	@ctest --preset release -L '^vm$$' -j 2
	@cmake --preset asan --log-level=WARNING
	@cmake --build --preset asan
	@ctest --preset asan -L '^(unit|contract)$$'

unit contract e2e: test-deps build
	@ctest --preset release -L '^$@$$'

unit: ## run the unit tests
contract: ## run the suite that every source has to pass
e2e: ## run the tests with real packets; needs root

vm: test-deps build ## run the suites on other kernels, in QEMU; KERNEL=6.12|debug SOURCE=kmod narrow
	@PACKETDROP_VM_SOURCE='$(SOURCE)' ctest --preset release -j 2 \
	  -L '^vm$(if $(KERNEL),-$(KERNEL))$$' -L '^vm$(if $(SOURCE),-$(SOURCE))$$'

vm-storm: test-deps build ## switch the module 10 000 times under traffic on each kernel; KERNEL=6.12 narrows
	@tests/vm/storm $(KERNEL)

truth: test-deps build ## print what each cause of drops is counted as, here or on KERNEL=6.12
	@$(SUDO) tests/provoke/truth $(KERNEL)

lint: test-deps ## check formatting, SPDX lines, scripts; run clang-tidy
	@tests/lint/spdx
	@tests/lint/kmod
	@find exporter tests \( -name '*.cpp' -o -name '*.h' \) -print0 | xargs -0 clang-format --dry-run -Werror
	@tests/lint/scripts | xargs shellcheck
	@cmake --preset tidy --log-level=WARNING
	@cmake --build --preset tidy

bench: test-deps build ## measure; prints each figure beside what it must reach
	@tests/bench/run

bench-kernel: test-deps build ## count the instructions of each event on other kernels, in QEMU; KERNEL=6.12 narrows
	@tests/bench/kernel/run $(KERNEL)

clean: ## remove what was built; what was installed stays
	@rm -rf build build-debug build-asan build-tidy
