# make demo    the example ledger: what is overdue, the aging, what to send, the calendar,
#              the page
# make quick   the core's tests and checks in under a minute; no browser, no apt, no npm
# make test    everything that has to hold, with the newest and the lowest versions
# make bench   what the product costs beside Beancount, as ratios; how well payments
#              without references find their invoices
# make soak    Fava for five minutes, with everybody writing at once: what went wrong
# make catalogues  the translations, up to date with the sources: what is new stands in
#              them empty, what is used no more is gone

PYTHON ?= python3
PORT ?= 5000
EXAMPLE := ledgers/example.beancount
PAGE := http://localhost:$(PORT)/atelier-nordlicht/extension/Dunning/
BIN := .venv/bin
CORE := beancount_dunning/*
SOURCES := fava_extension beancount_dunning
TRANSLATIONS := beancount_dunning/formats/translations

WITHIN_THE_PAGE := accessible dialogs finding letters_on_paper paper_and_clipboard \
	payments site ways

# Three at once, for many tests wait: two cores have something to do. Each with its output
# in one piece.
ALONGSIDE = @$(MAKE) --no-print-directory --jobs 3 --output-sync

.PHONY: demo quick test check test-quick test-core test-page test-faults test-properties \
	test-browser test-calendars test-lowest test-lowest-properties bench soak catalogues \
	screenshots clean

.venv/demo: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[fava]'
	@touch $@

.venv/test: .venv/demo
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@

# The versions that pyproject.toml promises to work with.
.venv-lowest/test: pyproject.toml tests/lowest.txt
	$(PYTHON) -m venv .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet --upgrade pip
	.venv-lowest/bin/python -m pip install --quiet --constraint tests/lowest.txt \
		--editable '.[fava]' --group test
	@touch $@

# What the tests need from Debian: a browser, a calendar parser in C, access control
# lists, what lays out PDF and what reads it; and npm, for a calendar parser in JavaScript.
.venv/debian:
	@mkdir -p .venv
	@if command -v chromium npm >/dev/null && command -v setfacl >/dev/null && \
		command -v pdftotext >/dev/null && ldconfig -p | grep -q libical.so.3 && \
		ldconfig -p | grep -q libharfbuzz-subset.so.0; then :; else \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		npm=; command -v npm >/dev/null || npm="nodejs npm"; \
		$$sudo apt-get -q update >/dev/null && \
		$$sudo apt-get -q install --yes acl chromium libharfbuzz-subset0 libical3 \
			libpangoft2-1.0-0 poppler-utils $$npm >/dev/null; fi
	@touch $@

tests/node_modules: .venv/debian tests/package.json
	npm install --silent --no-audit --no-fund --no-package-lock --prefix tests
	@touch $@

# The calendar applications that Debian has; where it has one no more, its test says so.
.venv/applications: .venv/debian
	@if command -v thunderbird dbus-run-session >/dev/null && \
		/usr/bin/python3 -c 'import gi; gi.require_version("ECal", "2.0")' 2>/dev/null; then :; else \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		$$sudo apt-get -q update >/dev/null && \
		$$sudo apt-get -q install --yes --no-install-recommends dbus evolution-data-server \
			gir1.2-ecal-2.0 python3-gi thunderbird >/dev/null; fi
	@touch $@

tests/calendars/node_modules: .venv/debian tests/calendars/package.json
	npm install --silent --no-audit --no-fund --no-package-lock --prefix tests/calendars
	@touch $@

demo: .venv/demo
	@$(BIN)/python -c 'import socket; socket.create_server(("localhost", $(PORT))).close()' \
		2>/dev/null || { echo "Port $(PORT) is taken. Try another one: make demo PORT=5001" >&2; \
		exit 1; }
	@printf '\n$$ bean-check $(EXAMPLE)\n\n'
	@$(BIN)/bean-check $(EXAMPLE) || true
	@printf '\n$$ bean-dunning aging $(EXAMPLE)\n\n'
	@$(BIN)/bean-dunning aging $(EXAMPLE)
	@printf '\n$$ bean-dunning reminders $(EXAMPLE)\n\n'
	@$(BIN)/bean-dunning reminders $(EXAMPLE)
	@mkdir -p build
	@printf '\n$$ bean-dunning ical $(EXAMPLE) -o build/reminders.ics\n'
	@$(BIN)/bean-dunning ical $(EXAMPLE) -o build/reminders.ics
	@printf '\n$$ fava --port $(PORT) $(EXAMPLE)\n\n'
	@printf 'The page:     $(PAGE)\nThe calendar: build/reminders.ics, and $(PAGE)reminders.ics\n'
	@printf 'Ctrl-C ends.\n\n'
	@trap 'exit 0' INT TERM; $(BIN)/fava --port $(PORT) $(EXAMPLE)

quick: .venv/test
	$(ALONGSIDE) check test-quick

# The longest first, so that there is something to do until the end.
test: tests/node_modules tests/calendars/node_modules .venv/applications .venv/test \
		.venv-lowest/test
	$(ALONGSIDE) test-browser test-core test-lowest test-properties test-faults \
		test-page check test-calendars test-lowest-properties

check: .venv/test
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Without made-up ledgers, which take minutes, without the page, without PDF, and without
# the calendar's readers in C and JavaScript, which come by apt and npm.
test-quick: .venv/test
	$(BIN)/pytest --quiet -m "not hypothesis" --ignore tests/page --ignore tests/faults \
		--ignore tests/calendars --ignore tests/formats/test_calendar_feed.py \
		--ignore tests/formats/test_letter_pdf.py --ignore tests/test_packaging.py

# Every line and branch of the core has an example beside it. Made-up ledgers would take
# two to three times as long if their lines were counted, and so would the page.
test-core: .venv/test tests/node_modules
	$(BIN)/pytest --quiet -m "not hypothesis" --ignore tests/page --ignore tests/faults \
		--ignore tests/calendars --cov --cov-report=
	$(BIN)/coverage report --include='$(CORE)' --fail-under=100

test-page: .venv/test tests/node_modules
	$(BIN)/pytest --quiet -m "not hypothesis" tests/page --ignore tests/page/browser

# Editors, kills, other users, locks, a full disk: in under two minutes. As root all of
# them, else what needs no root.
test-faults: .venv/test .venv/debian
	$(BIN)/pytest --quiet tests/faults

test-properties: .venv/test tests/node_modules
	$(BIN)/pytest --quiet -m hypothesis

test-browser: .venv/test tests/node_modules
	$(BIN)/pytest --quiet tests/page/browser

# Evolution, Thunderbird and others subscribe to a Fava, and follow its ledger: a minute.
test-calendars: .venv/test .venv/applications tests/calendars/node_modules
	$(BIN)/pytest --quiet tests/calendars

# What no version changes runs once, above: the wheel, our own arithmetic, the types of the
# page's script, and what it, our styles and our markup do within the page. How all of it
# gets along with an older Fava, the overview, the list, the log and the modes tell.
test-lowest: .venv-lowest/test tests/node_modules
	.venv-lowest/bin/python -m pytest --quiet -W default -m "not hypothesis" \
		--ignore tests/faults --ignore tests/calendars --ignore tests/test_packaging.py \
		--ignore tests/answers --ignore tests/standing --ignore tests/ledger \
		--ignore tests/page/test_script.py \
		$(WITHIN_THE_PAGE:%=--ignore tests/page/browser/test_%.py)

# And our own arithmetic on made-up ledgers, of which a few are enough here: its examples
# run here, too.
test-lowest-properties: .venv-lowest/test tests/node_modules
	.venv-lowest/bin/python -m pytest --quiet -W default -m hypothesis --hypothesis-profile few \
		--ignore tests/answers --ignore tests/standing --ignore tests/ledger

bench: .venv/test
	$(BIN)/python benchmarks/cost.py
	$(BIN)/python benchmarks/feed.py
	$(BIN)/python benchmarks/letters.py
	$(BIN)/python benchmarks/page.py
	$(BIN)/python benchmarks/write.py
	$(BIN)/python benchmarks/match.py
	$(BIN)/python benchmarks/customers.py
	$(BIN)/python benchmarks/knowledge.py
	$(BIN)/python benchmarks/office.py

soak: .venv/test
	$(BIN)/python benchmarks/soak.py

catalogues: .venv/demo
	@mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping fava_extension/babel.toml --no-location \
		--sort-output --output build/messages.pot $(SOURCES)
	$(BIN)/pybabel --quiet update --input-file build/messages.pot \
		--output-dir $(TRANSLATIONS) --ignore-obsolete --no-fuzzy-matching \
		--ignore-pot-creation-date

screenshots: .venv/debian .venv/test
	$(BIN)/python -m pytest --quiet tests/page/browser --screenshots docs/images

clean:
	rm -rf .venv .venv-lowest build dist tests/node_modules tests/calendars/node_modules
