SHELL := /bin/sh
PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
# How many histories the simulation plays.
SEEDS ?= $(if $(CI),2000,200)

# Tests at the same time: all at once, their programs and requests would starve each other.
WIDTH = SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=16

# What the program is built from, and what it and its tests run.
BUILD_PACKAGES = libgit2-dev libsqlite3-dev zlib1g-dev pkg-config git python3
RUN_PACKAGES = openssh-client gnupg util-linux bubblewrap

RELEASE = --configuration release --static-swift-stdlib -Xlinker -s --product headway

# With debug information, so that a profile has names; a scratch path of its own, since the package
# has one target more.
BENCH = HEADWAY_BENCHMARKS=1 $(SWIFT) build --configuration release --static-swift-stdlib \
  --scratch-path .build-bench

.PHONY: build demo test simulate bench lint install clean packages embedded

build: packages embedded ## the program, for trying out
	$(SWIFT) build --product headway

demo: build ## the main job, on real input, in a scratch repository
	"$$($(SWIFT) build --show-bin-path)/headway" demo

test: packages embedded ## every test
	$(SWIFT) build --build-tests
	$(WIDTH) $(SWIFT) test --skip-build --skip HeadwaySimulationTests
	HEADWAY_SEEDS=$(SEEDS) $(SWIFT) test --skip-build --filter HeadwaySimulationTests

simulate: packages embedded ## SEEDS=400: whole histories of the engine, made up from seeds
	$(SWIFT) build --build-tests
	HEADWAY_SEEDS=$(SEEDS) $(SWIFT) test --skip-build --filter HeadwaySimulationTests

bench: packages embedded ## how much scheduling costs; BENCHFLAGS="--workload w1 --json"
	$(BENCH) --product headway-bench
	$(BENCH) --product headway
	"$$($(BENCH) --show-bin-path)/headway-bench" $(BENCHFLAGS)

lint: packages ## formatting, and what .ci/check forbids
	$(SWIFT) format lint --strict --parallel --recursive Sources Tests Benchmarks Plugins Package.swift
	.ci/check

install: packages embedded ## PREFIX=/usr/local: one file without Swift's libraries, and completions
	$(SWIFT) build $(RELEASE)
	bin=$$($(SWIFT) build $(RELEASE) --show-bin-path) && \
	install -D -m 755 "$$bin/headway" "$(DESTDIR)$(PREFIX)/bin/headway" && \
	cd "$(DESTDIR)$(PREFIX)" && \
	mkdir -p share/bash-completion/completions share/zsh/site-functions \
	  share/fish/vendor_completions.d && \
	bin/headway completions bash >share/bash-completion/completions/headway && \
	bin/headway completions zsh >share/zsh/site-functions/_headway && \
	bin/headway completions fish >share/fish/vendor_completions.d/headway.fish

clean:
	$(SWIFT) package clean

packages:
	@.ci/packages $(BUILD_PACKAGES) $(RUN_PACKAGES)

# SwiftPM plans again, and so embeds again, only when it sees a change in the package itself.
embedded:
	@mkdir -p .build
	@if [ ! -e .build/embedded ] || [ -n "$$(find templates hooks -newer .build/embedded)" ]; then \
	  touch Package.swift .build/embedded; fi
