# Menshen (门神). `make help` explains every target.
SHELL := /bin/bash
# By name, not by path, so that one build cache serves every checkout.
export PATH := $(CURDIR)/scripts/toolchain:$(PATH)
export CXX := menshen-cxx
BUF := go tool -modfile=tools/go.mod buf
SOURCES := $(shell find . \( -path ./build -o -path ./web/ui \) -prune -o -name '*.go' ! -name '*_test.go' -print) go.mod go.sum

.DEFAULT_GOAL := help

.PHONY: help
help: ## Explain every target (this)
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Install what building needs (Debian packages, Go modules), check Go and Node
	@scripts/setup build

# The pages: their packages are fetched when the lock changes, they are built when what they are made of changes.
PAGES := $(shell find web/ui/src web/ui/scripts -type f 2>/dev/null) web/ui/index.html web/ui/vite.config.ts web/ui/tsconfig.json web/ui/package.json

build/pages-fetched: web/ui/package-lock.json
	@mkdir -p build
	cd web/ui && npm install --no-save --no-audit --no-fund
	@touch $@

web/ui/dist/index.html: build/pages-fetched $(PAGES)
	cd web/ui && npm run --silent build
	@touch $@

.PHONY: pages
pages: setup web/ui/dist/index.html ## Build the pages for browsers into web/ui/dist, which bin/menshen has inside

bin/menshen: $(SOURCES) web/ui/dist/index.html $(shell find . \( -path ./build -o -path ./web/ui \) -prune -o \( -name '*.yaml' -o -name '*.sql' -o -name '*.html' -o -name '*.css' \) -print)
	@mkdir -p bin
	go build -o bin/menshen ./cmd/menshen

.PHONY: build
build: setup bin/menshen ## Build bin/menshen

.PHONY: models
models: build ## Fetch the networks into models/files, from ../shared/models where it is there
	@bin/menshen models fetch --best-effort

.PHONY: run
run: models ## Set up all, then start Menshen; without a menshen.yaml it simulates a community
	@exec bin/menshen serve

.PHONY: test
test: ## Set up all, then check style and run every test; with ../shared or CI=true nothing may be left out
	@scripts/setup test
	@$(MAKE) --no-print-directory models
	@scripts/test

.PHONY: fuzz
fuzz: ## Run every fuzz target for SECONDS_EACH (10) seconds, and print how often each was executed
	@scripts/fuzz $(or $(SECONDS_EACH),10)

.PHONY: test-pages
test-pages: ## Drive the pages of bin/menshen in a browser, a story for each role (about 5 minutes)
	@scripts/setup test
	@$(MAKE) --no-print-directory models
	@cd web/ui && npm run --silent e2e

.PHONY: lint
lint: build/pages-fetched ## Check style: gofmt, golangci-lint, buf, tsc, oxlint
	@scripts/lint

.PHONY: supply
supply: build ## Write bills of materials (CycloneDX) into build, check licences, look for known holes in Go code
	@scripts/supply

.PHONY: bench
bench: models ## Measure frames, faces and the way from camera to decision on this machine (about 5 minutes)
	@bin/menshen bench stages
	@bin/menshen bench pipeline

bin/menshen-shifted: bin/menshen
	go build -tags shiftedclock -o $@ ./cmd/menshen

.PHONY: chaos
chaos: models bin/menshen-shifted ## Kill, cut the power, fill the disk, move the clock, cut links, damage files: is a pass lost? (an hour or two; root)
	@bin/menshen chaos --only kill --kills 1000 --passes 500000 --rate 1200
	@bin/menshen chaos --only powercut --kills 300 --passes 100000
	@bin/menshen chaos --only fulldisk,clock,linkloss,damage --shifted bin/menshen-shifted

bin/faiss: cmd/menshen/bench/faiss/faiss.cpp
	@mkdir -p bin
	g++ -O2 -o $@ $< -lfaiss -lopenblas -lgomp

.PHONY: bench-gallery
bench-gallery: build ## Measure the gallery, and a plain scan and Debian's FAISS on the same vectors (about 10 minutes)
	@scripts/setup bench
	@$(MAKE) --no-print-directory bin/faiss
	@bin/menshen bench gallery --people 10000 --peer bin/faiss
	@bin/menshen bench gallery --people 100000 --peer bin/faiss
	@bin/menshen bench gallery --people 1000000
	@bin/menshen bench gallery --people 1000000 --within 0.48

.PHONY: generate
generate: build/pages-fetched ## Make the Go and TypeScript code of proto/ anew
	$(BUF) lint
	$(BUF) generate

.PHONY: clean
clean: ## Remove what was built; data and networks stay
	rm -rf bin build web/ui/dist/assets web/ui/dist/index.html
