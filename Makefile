# SPDX-License-Identifier: Apache-2.0
# The one way in. Every target installs what it lacks first and says what that is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help deps test-deps build build-tests build-asan run image chart deb test unit contract e2e vm vm-storm e2e-kubernetes vm-kubernetes truth kmod lint fuzz faults bench bench-kernel clean

# BPF needs root; without root and without sudo the exporter starts all the same and says so.
SUDO := $(if $(filter 0,$(shell id -u)),,$(shell command -v sudo))
ARGS ?=
KDIR ?= /lib/modules/$(shell uname -r)/build

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install what building needs
	@deploy/deps/install build link

test-deps: ## install what testing needs too
	@deploy/deps/install build link test image package

# The exporter takes half of what its tests take. A tree that was configured with them keeps them.
BUILD_EXPORTER = cmake --preset release --log-level=WARNING $(if $(wildcard build/CMakeCache.txt),,-DBUILD_TESTING=OFF) && \
  cmake --build --preset release --target packetdrop_exporter
comma := ,
SETCAP = setcap cap_bpf,cap_perfmon,cap_syslog+ep build/packetdrop_exporter

build: deps ## leave build/packetdrop_exporter
	@$(BUILD_EXPORTER)
	@[[ $$(id -u) == 0 ]] || echo "counting takes root or three capabilities; once$(if $(SUDO),,$(comma) as root): $(if $(SUDO),sudo )$(SETCAP)"

run: build ## start the exporter in the foreground, counting; ARGS='--flag ...'
	@exec $(SUDO) ./build/packetdrop_exporter $(ARGS)

image: ## build the container image; ARCH=arm64 for another architecture, BASE=local where no registry is
	@deploy/deps/install image
	@deploy/image/build $(ARCH)

deb: deps ## build a Debian package, build/packetdrop-exporter_VERSION-1_ARCH.deb
	@deploy/deps/install package
	@$(BUILD_EXPORTER)
	@deploy/debian/build

chart: ## package the Helm chart, build/chart/packetdrop-exporter-VERSION.tgz; needs Go 1.26 or newer, which builds helm
	@helm=$$(tests/tools/build helm)/helm; mkdir -p build/chart; \
	  $$helm package deploy/chart --destination build/chart 2> >(grep -v 'found symbolic link' >&2)

kmod: ## build the kernel module, build/kmod/drop_packet.ko, for the running kernel or KDIR=
	@[[ -e $(KDIR)/Makefile ]] || { echo "make kmod: no kernel headers in $(KDIR);" \
	  "apt-get install linux-headers-$(shell uname -r), or name theirs with KDIR=" >&2; exit 1; }
	@mkdir -p build/kmod && cp -r kmod/. build/kmod/
	@$(MAKE) --no-print-directory -C $(KDIR) M=$(CURDIR)/build/kmod CONFIG_DEBUG_INFO_BTF_MODULES= modules

test: test-deps ## run every test that this machine can run, other kernels in QEMU among them
	@tests/runner/run.py

build-tests: test-deps
	@cmake --preset release --log-level=WARNING -DBUILD_TESTING=ON
	@cmake --build --preset release

build-asan: test-deps
	@cmake --preset asan --log-level=WARNING
	@cmake --build --preset asan

unit contract e2e: build-tests
	@ctest --preset release -L '^$@$$'

unit: ## run the unit tests
contract: ## run the suite that every source has to pass
e2e: ## run the tests with real packets; needs root

vm: build-tests ## run the suites on other kernels, in QEMU; KERNEL=6.12|debug SOURCE=kmod narrow
	@PACKETDROP_VM_SOURCE='$(SOURCE)' PACKETDROP_CYCLES=200 ctest --preset release -j 2 \
	  -L '^vm$(if $(KERNEL),-$(KERNEL))$$' -L '^vm$(if $(SOURCE),-$(SOURCE))$$'

e2e-kubernetes: build-tests ## use the chart on a real Kubernetes node; the first time builds one
	@ctest --preset release -L '^kubernetes$$' --output-on-failure

vm-kubernetes: build-tests ## the same on a node that is a QEMU guest; KERNEL=6.1 CASES= narrow
	@KERNEL='$(KERNEL)' tests/kubernetes/in-guest $(CASES)

vm-storm: build-tests ## switch the module 10 000 times under traffic on each kernel; KERNEL=6.12 narrows
	@tests/vm/storm $(KERNEL)

truth: build-tests ## print what each cause of drops is counted as, here or on KERNEL=6.12
	@$(SUDO) tests/provoke/truth $(KERNEL)

lint: test-deps ## check formatting, SPDX lines, words, scripts; run clang-tidy
	@tests/lint/spdx
	@tests/lint/kmod
	@tests/lint/words
	@find exporter tests \( -name '*.cpp' -o -name '*.h' \) -print0 | xargs -0 clang-format --dry-run -Werror
	@tests/lint/scripts | xargs shellcheck
	@tests/lint/containerfile
	@cmake --preset tidy --log-level=WARNING
	@cmake --build --preset tidy

fuzz: test-deps ## feed every parser and the HTTP server what nobody would send; SECONDS=60 TARGETS= narrow
	@cmake --preset fuzz --log-level=WARNING
	@cmake --build --preset fuzz
	@tests/fuzz/run $(or $(SECONDS),60) $(TARGETS)

faults: build-tests ## let every system call of the exporter fail once; takes about 25 minutes
	@$(SUDO) tests/faults/system_calls

bench: build-tests ## measure; prints each figure beside what it must reach
	@tests/bench/run

bench-kernel: build-tests ## count the instructions of each event on other kernels, in QEMU; KERNEL=6.12 narrows
	@tests/bench/kernel/run $(KERNEL)

clean: ## remove what was built; what was installed stays
	@rm -rf build build-debug build-asan build-fuzz build-tidy
