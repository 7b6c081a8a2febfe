"""A disk that honours its syncs and nothing else: what may be on it after the power went.

A recording is a list of steps in the order in which a process made them. An image is built from a cut point: what came
before the last completed sync of a file or folder is there; of what came later, each write and each name may be there,
missing, or (a write) there in some of its sectors, in any combination.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SECTORS = (512, 4096)
TORN = 0.25
"""Chance that a write of which it is open whether it is there is there in part."""


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes at a place of a file."""

    node: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Resize:
    """A file cut off or grown."""

    node: int
    size: int


@dataclass(frozen=True, slots=True)
class Space:
    """What stands in the space that a file was given at its end for a write, before the write itself is there."""

    node: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one folder that change together: made, taken away (None), or given to another file."""

    node: int
    changes: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class Sync:
    """A sync of a file or a folder that came back."""

    node: int


@dataclass(frozen=True, slots=True)
class Said:
    """What the process wrote to whoever listens."""

    text: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """The process came to its end, successfully."""


Step = Write | Resize | Space | Names | Sync | Said | Ended
File = bytearray
Folder = dict[str, int]
ROOT = 0


@dataclass
class Disk:
    """Files and folders by number; the root folder is 0."""

    nodes: dict[int, File | Folder] = field(default_factory=lambda: {ROOT: {}})

    @classmethod
    def of(cls, folder: Path) -> "Disk":
        """What lies in a folder now."""
        disk = cls()
        for path in sorted(folder.rglob("*")):
            node = disk.new(folder=path.is_dir())
            if path.is_file():
                disk.file(node).extend(path.read_bytes())
            disk.folder(disk.find(path.parent.relative_to(folder).parts))[path.name] = node
        return disk

    def copy(self) -> "Disk":
        return Disk({node: content.copy() for node, content in self.nodes.items()})

    def new(self, *, folder: bool = False) -> int:
        """A node without a name."""
        node = len(self.nodes)
        self.nodes[node] = {} if folder else bytearray()
        return node

    def find(self, parts: Sequence[str]) -> int | None:
        """The node under a path, given by its parts."""
        node: int | None = ROOT
        for part in parts:
            content = None if node is None else self.nodes[node]
            node = content.get(part) if isinstance(content, dict) else None
        return node

    def folder(self, node: int | None) -> Folder:
        content = None if node is None else self.nodes[node]
        assert isinstance(content, dict)
        return content

    def file(self, node: int) -> File:
        content = self.nodes[node]
        assert isinstance(content, bytearray)
        return content

    def take(self, step: Step) -> None:
        """Make one step."""
        match step:
            case Write(node, offset, data):
                put(self.file(node), offset, data)
            case Resize(node, size):
                resize(self.file(node), size)
            case Space(node, offset, data):
                file = self.file(node)
                begin = min(max(len(file), offset), offset + len(data))
                if len(file) < offset + len(data):
                    put(file, begin, data[begin - offset :])
            case Names(node, changes):
                names = self.folder(node)
                for name, target in changes:
                    if target is None:
                        names.pop(name, None)
                    else:
                        names[name] = target

    def files(self, node: int = ROOT, path: str = "") -> dict[str, bytes | None]:
        """Everything that has a name, by path; None for a folder."""
        found: dict[str, bytes | None] = {}
        for name, target in self.folder(node).items():
            content = self.nodes[target]
            found[path + name] = None if isinstance(content, dict) else bytes(content)
            if isinstance(content, dict):
                found |= self.files(target, f"{path}{name}/")
        return found

    def lay_out(self, folder: Path) -> None:
        """Make these files in an empty folder."""
        for path, content in self.files().items():
            if content is None:
                (folder / path).mkdir(mode=0o700)
            else:
                (folder / path).write_bytes(content)


def put(file: File, offset: int, data: bytes) -> None:
    if len(file) < offset:
        file.extend(bytes(offset - len(file)))
    file[offset : offset + len(data)] = data


def resize(file: File, size: int) -> None:
    del file[size:]
    file.extend(bytes(size - len(file)))


# Images ----------------------------------------------------------------------------------------------------------

Open = list[Step]
"""Steps that no sync has settled, in the order in which they were made."""


def image(start: Disk, steps: Sequence[Step], rng: random.Random) -> Disk:
    """A disk as the power may have left it after these steps."""
    disk, left_open = settled(start, steps)
    keep = rng.choice((_nothing, _everything, _some, _some, _some, _beginning))
    for step in keep(left_open, rng):
        disk.take(step)
    return disk


def settled(start: Disk, steps: Sequence[Step]) -> tuple[Disk, Open]:
    """What must be there, and the steps of which it is open."""
    synced = {step.node: place for place, step in enumerate(steps) if isinstance(step, Sync)}
    disk, left_open = start.copy(), []
    for place, step in enumerate(steps):
        if isinstance(step, Write | Resize | Names):
            if place < synced.get(step.node, -1):
                disk.take(step)
            else:
                left_open.append(step)
    return disk, left_open


def _nothing(_left_open: Open, _rng: random.Random) -> Open:
    return []


def _everything(left_open: Open, _rng: random.Random) -> Open:
    return left_open


def _beginning(left_open: Open, rng: random.Random) -> Open:
    """In the order in which they were made, up to some moment."""
    return left_open[: rng.randint(0, len(left_open))]


def _some(left_open: Open, rng: random.Random) -> Open:
    """Each on its own, in no order; writes also torn, and space given to a file without what was to stand there."""
    chance, torn = rng.choice((0.05, 0.3, 0.5, 0.7, 0.95)), rng.choice((0.0, TORN, 1.0))
    sector = rng.choice(SECTORS)
    kept: Open = []
    for step in left_open:
        if isinstance(step, Write) and rng.random() < torn:
            kept += _torn(step, sector, rng)
        elif rng.random() < chance:
            kept.append(step)
    return kept


def _torn(write: Write, sector: int, rng: random.Random) -> Open:
    """Some sectors of a write; elsewhere what was there, or in new space zeros or whatever the disk held before."""
    kept: Open = []
    offset, end = write.offset, write.offset + len(write.data)
    if rng.random() < 0.5:
        filler: Callable[[int], bytes] = bytes if rng.random() < 0.5 else rng.randbytes
        kept.append(Space(write.node, offset, filler(len(write.data))))
    while offset < end:
        stop = min(offset - offset % sector + sector, end)
        if rng.random() < 0.5:
            kept.append(Write(write.node, offset, write.data[offset - write.offset : stop - write.offset]))
        offset = stop
    return kept
