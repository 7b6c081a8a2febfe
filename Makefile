# The targets live in make.py, which Windows uses directly: py make.py run
TARGETS := install run test lint bench torture proof histories machine endpoints cursor exchange load openapi screenshots bundle translations lock clean help
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

.DEFAULT_GOAL := install
.PHONY: $(TARGETS)
$(TARGETS):
	@test -n "$(PYTHON)" || { echo "Pojok POS needs Python 3.11 or newer."; exit 1; }
	@$(PYTHON) make.py $@ $(ARGS)
