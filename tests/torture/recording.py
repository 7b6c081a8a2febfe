"""What a process does to the files of a folder, in its order, as the kernel saw it: by strace, of the real program.

Only calls are followed that change files or settle them; at the end the steps must give every byte that is there.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.torture.disk import Disk, Ended, Names, Resize, Said, Step, Sync, Write
from tests.torture.scenario import Broken, NotHere
from tests.torture.zygote import ROOT

PACKAGE = "strace"
CALLS = (
    "?openat,?creat,?write,?writev,?pwrite64,?pwritev,?pwritev2,?ftruncate,?truncate,?fallocate,?fsync,?fdatasync,"
    "?rename,?renameat,?renameat2,?link,?linkat,?symlink,?symlinkat,?unlink,?unlinkat,?mkdir,?mkdirat,?rmdir,?lseek,"
    "?sendfile,?copy_file_range,?splice"
)
"""With a question mark, because not every processor has all of them."""
REBUILT = "-shm"
"""SQLite's index of its log is mapped memory, and made anew by whoever opens the ledger first."""
LONGEST = 1 << 24
"""Bytes of one write that strace shows."""
STDOUT = 1
LINE = re.compile(r"(?P<pid>\d+) +(?P<call>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)(?P<opened>.*)")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
DESCRIPTOR = re.compile(r"(\d+)<((?:\\x[0-9a-f]{2})*)>")
Call = tuple[str, str, int, str]


class Recording:
    """The steps of one process after the other on one folder; ``start`` is what lay there before the first."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("strace") is None:
            raise NotHere(f"recording what is written needs strace (the package {PACKAGE} of Debian and Ubuntu)")
        self.folder = folder.resolve()
        self.start = Disk.of(folder)
        self.steps: list[Step] = []
        self._live = self.start.copy()
        self._places: dict[int, int] = {}
        """Where the next plain write of a descriptor goes."""

    def run(
        self, *arguments: object, environment: Mapping[str, str], script: bytes = b"", module: str = "pos_app"
    ) -> bytes:
        """Run a command that must succeed, record it, and return what it printed."""
        trace = self.folder.with_name(f"{self.folder.name}.strace")
        command = ["strace", "-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", str(LONGEST), "-e", "signal=none"]
        command += ["-e", f"trace={CALLS}", "-o", str(trace), sys.executable, "-m", module, *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, input=script, capture_output=True)
        if b"ptrace" in done.stderr:
            raise NotHere(f"strace may not be used here: {done.stderr.decode()}")
        if done.returncode:
            raise Broken(f"{arguments} ended with {done.returncode}: {done.stderr.decode()}")
        for call in _calls(trace):
            self._take(*call)
        self.steps.append(Ended())
        trace.unlink()
        self._check_complete()
        return done.stdout

    def _check_complete(self) -> None:
        """The steps account for every byte in the folder."""
        there = {name: content for name, content in Disk.of(self.folder).files().items() if not _left_out(name)}
        told = self._live.files()
        if there != told:
            different = [name for name in there.keys() | told.keys() if there.get(name, 0) != told.get(name, 0)]
            raise AssertionError(f"the recording is not complete: {sorted(different)}")

    def _take(self, call: str, arguments: str, result: int, opened: str) -> None:
        """One system call that succeeded."""
        if call in ("write", "pwrite64", "ftruncate", "fsync", "fdatasync", "lseek"):
            self._take_on_descriptor(call, arguments, result)
            return
        paths = [bytes.fromhex(text.replace("\\x", "")).decode() for text in TEXT.findall(arguments)]
        flags = arguments.rpartition('"')[2]
        if call == "openat":
            self._open(_path(opened), result, flags)
        elif call in ("rename", "renameat", "renameat2"):
            self._rename(*paths)
        elif call in ("link", "linkat"):
            if (found := self._find(paths[0])) is not None:
                self._name(paths[1], found)
        elif call in ("unlink", "unlinkat", "rmdir"):
            if self._find(paths[0]) is not None:
                self._name(paths[0], None)
        elif call in ("mkdir", "mkdirat") and self._parts(paths[0]) is not None:
            self._name(paths[0], self._new(folder=True))
        elif str(self.folder) in "".join(paths) or self._find(_path(arguments)) is not None:
            raise AssertionError(f"{call} is not understood")

    def _take_on_descriptor(self, call: str, arguments: str, result: int) -> None:
        found = DESCRIPTOR.match(arguments)
        if found is None:
            return
        number, path = int(found[1]), _path(arguments)
        data = TEXT.search(arguments)
        content = bytes.fromhex(data[1].replace("\\x", ""))[:result] if data else b""
        if number == STDOUT:
            self._add(Said(content))
            return
        node = self._find(path)
        if node is None:
            return
        if call == "lseek":
            self._places[number] = result
        elif call == "write":
            self._add(Write(node, self._places[number], content))
            self._places[number] += len(content)
        elif call == "pwrite64":
            self._add(Write(node, int(arguments.rpartition(", ")[2]), content))
        elif call == "ftruncate":
            self._add(Resize(node, int(arguments.rpartition(", ")[2])))
        else:
            self._add(Sync(node))

    def _open(self, path: str, number: int, flags: str) -> None:
        if self._parts(path) is None:
            return
        node = self._find(path)
        if node is None:
            node = self._new()
            self._name(path, node)
        elif "O_TRUNC" in flags:
            self._add(Resize(node, 0))
        self._places[number] = len(self._live.file(node)) if "O_APPEND" in flags else 0

    def _rename(self, old: str, new: str) -> None:
        node, before, after = self._find(old), self._parts(old), self._parts(new)
        if node is None:
            return
        if before is None or after is None or before[:-1] != after[:-1]:
            raise AssertionError(f"{old} goes to another folder")
        folder = self._live.find(before[:-1])
        assert folder is not None
        self._add(Names(folder, ((before[-1], None), (after[-1], node))))

    def _name(self, path: str, node: int | None) -> None:
        parts = self._parts(path)
        assert parts is not None
        folder = self._live.find(parts[:-1])
        assert folder is not None
        self._add(Names(folder, ((parts[-1], node),)))

    def _new(self, *, folder: bool = False) -> int:
        self.start.new(folder=folder)
        return self._live.new(folder=folder)

    def _add(self, step: Step) -> None:
        self.steps.append(step)
        self._live.take(step)

    def _find(self, path: str) -> int | None:
        parts = self._parts(path)
        return None if parts is None else self._live.find(parts)

    def _parts(self, path: str) -> tuple[str, ...] | None:
        """The path inside the folder; None for what lies elsewhere, or is not followed."""
        if (path != str(self.folder) and not path.startswith(f"{self.folder}/")) or _left_out(path):
            return None
        return Path(path).relative_to(self.folder).parts


def _left_out(path: str) -> bool:
    return path.endswith(REBUILT)


def _path(text: str) -> str:
    """The path that strace tells beside a descriptor."""
    found = DESCRIPTOR.search(f"0{text}" if text.startswith("<") else text)
    return bytes.fromhex(found[2].replace("\\x", "")).decode() if found else ""


def _calls(trace: Path) -> Iterator[Call]:
    """Calls that succeeded. The program must do them one at a time."""
    with trace.open(encoding="ascii") as lines:
        for line in lines:
            found = LINE.match(line)
            if found is None:
                raise AssertionError(f"not understood: {line[:200]}")
            if int(found["result"]) >= 0:
                yield found["call"], found["arguments"], int(found["result"]), found["opened"]
