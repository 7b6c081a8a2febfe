"""PouchDB's first push of many sales to express-pouchdb, both in processes of node: the yardstick of goal 7.

Its packages are looked for in ``out/pouchdb``; ``python -m bench.peer`` puts them there with npm.
"""

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from bench.journals import Journal

PACKAGES = Path(__file__).resolve().parents[1] / "out" / "pouchdb"
WANTED = ("pouchdb@9", "express-pouchdb@4", "express@4")
SERVER = """
const express = require('express')
const PouchDB = require('pouchdb').defaults({prefix: process.argv[3] + '/'})
const pouch = require('express-pouchdb')
const app = express()
app.use('/db', pouch(PouchDB, {mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: process.argv[3] + '/log'}))
app.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'))
"""
CLIENT = """
const fs = require('fs'), readline = require('readline')
const PouchDB = require('pouchdb').defaults({prefix: process.argv[3] + '/'})
const documents = JSON.parse(fs.readFileSync(process.argv[4]))
const lines = readline.createInterface({input: process.stdin})
let round = 0
async function push() {
  const name = 'till' + round++
  const local = new PouchDB(name)
  await local.bulkDocs(documents)
  const remote = new PouchDB('http://127.0.0.1:' + process.argv[2] + '/db/' + name)
  await remote.info()
  const start = process.hrtime.bigint()
  const done = await local.replicate.to(remote, {batch_size: 500})
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  if (done.docs_written !== documents.length) throw new Error(JSON.stringify(done))
  console.log(JSON.stringify({seconds}))
}
lines.on('line', () => push().catch(error => { console.error(error); process.exit(1) }))
console.log('ready')
"""


def documents(many: int) -> list[dict[str, object]]:
    """The sales of a till as documents of their own."""
    journal = Journal("MTR-001", "A", 0)
    found: list[dict[str, object]] = []
    while len(found) < many:
        journal.grow(1)
        entry = json.loads(journal.bodies[-1])
        if entry["kind"] == "sale":
            found.append({"_id": entry.pop("id"), **entry})
    return found


def pusher(folder: Path, made: list[dict[str, object]]) -> "Peer | None":
    """Two processes of node; None without it or its packages."""
    if not shutil.which("node") or not (PACKAGES / "node_modules" / "express-pouchdb").is_dir():
        return None
    home = folder / "peer"
    home.mkdir()
    for name in ("server", "client"):
        (home / name).mkdir()
    (home / "documents.json").write_text(json.dumps(made), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    serving = _node(SERVER, port, str(home / "server"))
    client = _node(CLIENT, port, str(home / "client"), str(home / "documents.json"))
    return Peer(serving, client)


class Peer:
    """Pushes the documents into a fresh database at each call, and gives the seconds."""

    def __init__(self, serving: "subprocess.Popen[str]", client: "subprocess.Popen[str]") -> None:
        self._both = (serving, client)
        for one in self._both:
            self._answer(one)

    def __call__(self) -> float:
        client = self._both[1]
        if client.stdin is None:
            raise RuntimeError("the client takes no orders")
        client.stdin.write("push\n")
        client.stdin.flush()
        return float(json.loads(self._answer(client))["seconds"])

    def close(self) -> None:
        """End both."""
        for one in self._both:
            one.terminate()
            one.wait(20)
            for stream in (one.stdin, one.stdout):
                if stream is not None:
                    stream.close()

    @staticmethod
    def _answer(process: "subprocess.Popen[str]") -> str:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise RuntimeError("PouchDB ended")
        return line


def _node(script: str, *arguments: str) -> "subprocess.Popen[str]":
    aligned = f"process.argv.splice(1, 0, 'script');{script}"  # as if it were a file
    command = ["node", "-e", aligned, "--", *arguments]
    return subprocess.Popen(command, cwd=PACKAGES, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def install() -> int:
    """npm's exit status."""
    PACKAGES.mkdir(parents=True, exist_ok=True)
    return subprocess.run(["npm", "install", "--no-audit", "--no-fund", *WANTED], cwd=PACKAGES).returncode


if __name__ == "__main__":
    sys.exit(install())
