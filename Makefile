.PHONY: help build demo test clean
.DEFAULT_GOAL := help

help:    ## list the targets
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

build:   ## the programs, optimised: .build/release/atelier and atelier-media
	@tools/setup
	swift build -c release --product atelier
	swift build -c release --product atelier-media

demo: build ## draw a prompt, erase an object, name what is in a drawing: pictures in renders/demo/
	@tools/demo

test:    ## build and run every test, in one optimised build
	@tools/setup
	swift build -c release --build-tests
	swift test -c release --skip-build
	@# Where there are matrix tiles, the kernels that other CPUs take are tested too.
	if grep -qs amx_bf16 /proc/cpuinfo; then ATELIER_AMX=0 swift test -c release --skip-build --filter TensorsTests; fi

clean:   ## remove what was built
	rm -rf .build renders/demo
