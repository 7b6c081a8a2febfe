"""``pojok`` as it would be with one setting of SQLite changed, to show that the torture finds what that loses.

``python -m tests.torture.careless`` with the value of ``synchronous`` in ``SYNCHRONOUS``.
"""

import os
import sys

from pos_app import cli
from pos_app.ledger import sqlite

if __name__ == "__main__":
    sqlite.SETTINGS["synchronous"] = int(os.environ["SYNCHRONOUS"])
    sys.exit(cli.main(sys.argv[1:]))
