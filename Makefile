# Cyd. GNU make 3.81 or later; Debian and macOS.

PYTHONS := python3.13 python3.12 python3.11 python3
PIP     := .venv/bin/python -m pip --disable-pip-version-check -q
UV      := .venv/uv/bin/uv

PANGO_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
TEST_PACKAGES  := chromium poppler-utils default-jdk-headless libjaxb-java gcc libc6-dev $(PANGO_PACKAGES)

APT_INSTALL := apt-get install -y --no-install-recommends

.DEFAULT_GOAL := help
.PHONY: help run backup restore test check bench bench-paper chaos mutants rehearse screenshots schema translations requirements clean run-libraries test-programs

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: .venv/.run run-libraries ## Start Cyd; makes the environment first where there is none
	@.venv/bin/python app.py

backup: .venv/.run ## Copy the data folder while Cyd runs on: TO=backups/..., which must not be there yet; DATA=data
	@.venv/bin/python -m workshop.backup make $(if $(TO),--to "$(TO)")

restore: .venv/.run ## Put a backup in place while Cyd does not run: FROM=backups/...; DATA=data
	@$(if $(FROM),.venv/bin/python -m workshop.backup restore --from "$(FROM)",echo "Say which: make restore FROM=backups/..."; exit 1)

test: test-programs check ## Everything that has to pass: check, then all tests
	.venv/bin/pytest -n 2 --dist loadfile

check: .venv/.dev ## Lint, format, types, and the tests of the code's shape
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/python -m pytest -q tests/test_architecture.py tests/test_templates.py

mutants: .venv/.dev ## Break the code in one place at a time and see that tests notice; ONLY=push for those with that word
	.venv/bin/python -m tests.mutants $(ONLY)

bench: .venv/.dev test-programs bench/references/node/node_modules ## Speed, in ratios within one run, into bench/out; QUICK=1 for a short one
	.venv/bin/python -m bench $(if $(QUICK),--quick)

bench-paper: .venv/.dev test-programs ## How fast the write-up's files are made, against a browser; QUICK=1 for a short one
	.venv/bin/python -m bench.write_up $(if $(QUICK),--quick)

bench/references/node/node_modules: bench/references/node/package-lock.json
	@if command -v npm > /dev/null; then :; \
	elif [ -f /etc/debian_version ]; then $(call debian,nodejs npm); \
	else echo "Cyd is held against Node.js here: install Node.js 18 or later, with npm"; exit 1; fi
	@echo "Installing what the Node reference runs on"
	@npm --prefix bench/references/node ci --no-audit --no-fund --silent
	@touch $@

chaos: .venv/.dev ## A random run over bad lines with kill -9, judged at the end; SEED=7 MINUTES=10, MACHINE=1 for the long machine too
	.venv/bin/python -m tests.faults.chaos --minutes $(or $(MINUTES),10) $(if $(SEED),--seed $(SEED))
	$(if $(MACHINE),.venv/bin/pytest tests/faults/test_machine.py --hypothesis-profile=long)

rehearse: .venv/.dev test-programs ## A whole workshop with made-up people; PEOPLE=30 SEED=7 OUT=rehearsal, also PACK=demo THEME=dark MINUTES=60 WATCH=1
	.venv/bin/python -m workshop.rehearsal --people $(or $(PEOPLE),30) --seed $(or $(SEED),7) --out $(or $(OUT),rehearsal) $(if $(PACK),--pack $(PACK)) $(if $(THEME),--theme $(THEME)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(WATCH),--watch)

screenshots: .venv/.dev test-programs ## Take the pictures of every screen
	.venv/bin/python -m tests.screenshots

schema: .venv/.run ## Write down what a record holds: docs/record.schema.json
	@.venv/bin/python -c 'import json; from workshop.record import schema; \
		print(json.dumps(schema(), indent=1, sort_keys=True))' > docs/record.schema.json

# The template of all messages is made anew each time and not kept.
translations: .venv/.run ## Collect messages, bring both catalogues up to date, compile them
	@.venv/bin/pybabel -q extract -F workshop/translations/babel.cfg \
		-k say -k say_n:1,2 -k N_ -k N_n:1,2 --no-location --sort-output \
		--project Cyd --version 1 --copyright-holder "The Cyd authors" \
		-o .venv/messages.pot .
	@for locale in cy en; do \
		catalogue=workshop/translations/$$locale/LC_MESSAGES/messages.po; \
		if [ -f $$catalogue ]; then \
			.venv/bin/pybabel -q update -i .venv/messages.pot -o $$catalogue -l $$locale \
				--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date || exit 1; \
		else \
			.venv/bin/pybabel -q init -i .venv/messages.pot -o $$catalogue -l $$locale || exit 1; \
		fi; \
	done
	@.venv/bin/pybabel -q compile -d workshop/translations

# Keeps the pins that still hold; with UPGRADE=1 takes the newest of everything.
COMPILE := $(UV) pip compile -q --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command "make requirements" $(if $(UPGRADE),--upgrade)

requirements: $(UV) ## Pin what pyproject.toml asks for; UPGRADE=1 for the newest
	@$(COMPILE) pyproject.toml -o requirements.txt
	@.venv/bin/python -c 'import tomllib; \
		project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
		print("\n".join(project["optional-dependencies"]["dev"]))' > .venv/dev.in
	@$(COMPILE) -c requirements.txt - -o requirements-dev.txt < .venv/dev.in
	@awk '{ print } NR == 2 { print "-r requirements.txt" }' requirements-dev.txt > .venv/dev.txt
	@mv .venv/dev.txt requirements-dev.txt
	@grep -c '^[a-z].*==' requirements.txt requirements-dev.txt

clean: ## Remove everything made here except data/ and backups/
	rm -rf .venv rehearsal .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -type d -name __pycache__ -prune -exec rm -rf {} +

# ---- the environment ------------------------------------------------------

.venv/bin/python:
	@for python in $(PYTHONS); do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' > /dev/null 2>&1 || continue; \
		$$python -m venv --clear .venv > /dev/null 2>&1 && exit 0; \
		rm -rf .venv; \
		version=$$($$python -c 'import sys; print("python%d.%d" % sys.version_info[:2])'); \
		if [ -f /etc/debian_version ] && [ "$$(id -u)" = 0 ]; then \
			echo "Installing with apt-get: $$version-venv"; \
			export DEBIAN_FRONTEND=noninteractive; \
			apt-get update -qq && $(APT_INSTALL) -qq $$version-venv > /dev/null \
				&& $$python -m venv --clear .venv && exit 0; \
			rm -rf .venv; \
		elif [ -f /etc/debian_version ]; then \
			echo "$$python cannot make a virtual environment yet. This lets it: sudo apt-get install $$version-venv"; \
		else \
			echo "$$python cannot make a virtual environment: $$python -m venv .venv says why."; \
		fi; \
		exit 1; \
	done; \
	echo "Cyd needs Python 3.11 or later; none of these is: $(PYTHONS)"; \
	exit 1

.venv/.run: requirements.txt .venv/bin/python
	@echo "Installing what Cyd runs on (requirements.txt)"
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	@echo "Installing what the tests need (requirements-dev.txt)"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

$(UV): .venv/bin/python
	@.venv/bin/python -m venv .venv/uv
	@.venv/uv/bin/python -m pip --disable-pip-version-check -q install uv
	@touch $@

# ---- what lies outside the environment ------------------------------------

# $(call debian,PACKAGES): as root, installs those that are missing; otherwise
# prints the one command that does, and carries on.
define debian
missing=; \
for package in $(1); do \
	dpkg-query -W -f '$${Status}' $$package 2> /dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
done; \
if [ -z "$$missing" ]; then :; \
elif [ "$$(id -u)" = 0 ]; then \
	echo "Installing with apt-get:$$missing"; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get update -qq && $(APT_INSTALL) -qq $$missing > /dev/null; \
else \
	echo "Missing; this installs it: sudo $(APT_INSTALL)$$missing"; \
fi
endef

# Without Pango everything works but the PDF.
run-libraries: .venv/.run
	@if [ -f .venv/.pango ] || .venv/bin/python -c 'import weasyprint' > /dev/null 2>&1; then \
		touch .venv/.pango; \
	elif [ -f /etc/debian_version ]; then \
		$(call debian,$(PANGO_PACKAGES)) || true; \
	elif [ "$$(uname)" = Darwin ]; then \
		echo "No Pango, so no PDF; this installs it: brew install pango"; \
	else \
		echo "No Pango, so no PDF; install Pango 1.44 or later with the system's package manager."; \
	fi

test-programs:
	@if [ -f /etc/debian_version ]; then \
		$(call debian,$(TEST_PACKAGES)); \
	elif [ "$$(uname)" = Darwin ]; then \
		for program in pango-view:pango pdftoppm:poppler; do \
			command -v $${program%%:*} > /dev/null || echo "Missing; this installs it: brew install $${program#*:}"; \
		done; \
	else \
		echo "The tests use Chromium, Pango, poppler-utils and a C compiler; install them with the system's package manager."; \
	fi
