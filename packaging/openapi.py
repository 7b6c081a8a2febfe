"""Write docs/openapi.json: the centre's endpoints, as the centre itself serves them."""

from pathlib import Path

from sync.server.app import HANDLERS
from sync.server.openapi import document

if __name__ == "__main__":
    (Path(__file__).resolve().parents[1] / "docs" / "openapi.json").write_bytes(document(HANDLERS))
