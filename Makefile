SHELL := /bin/sh

.PHONY: build test lint clean

build:
	swift build

test:
	swift build --build-tests
	swift test --skip-build

lint:
	swift format lint --strict --recursive Sources Tests Plugins Package.swift

clean:
	swift package clean
