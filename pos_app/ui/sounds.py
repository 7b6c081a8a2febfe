"""The four sounds of the counter, played without waiting for them and without ever failing.

Windows plays by file name (asynchronous play from memory raises there); Linux uses ``aplay`` or ``paplay`` where
present; elsewhere it stays silent. The cashier never depends on a sound: the message strip says the same.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import subprocess

Sound = Literal["accepted", "caution", "error", "paid"]

RATE: Final = 22050


@dataclass(frozen=True, slots=True)
class Tone:
    """One beep: hertz and milliseconds; 0 Hz is a pause."""

    hertz: int
    ms: int


TONES: Final[dict[Sound, tuple[Tone, ...]]] = {
    "accepted": (Tone(880, 60),),
    "caution": (Tone(440, 80), Tone(0, 60), Tone(440, 80)),
    "error": (Tone(220, 350),),
    "paid": (Tone(660, 80), Tone(990, 80)),
}


class Player:
    """Plays sounds from ``folder``; ``enabled`` names those that are on (``accepted`` is off: scanners beep)."""

    def __init__(self, folder: Path, enabled: frozenset[Sound] = frozenset({"caution", "error", "paid"})) -> None:
        self._folder = folder
        self.enabled = enabled
        self._running: subprocess.Popen[bytes] | None = None

    def play(self, sound: Sound) -> None:
        """Starts the sound and returns at once; silent where nothing can play it."""
        path = self._folder / f"{sound}.wav"
        if sound not in self.enabled or not path.exists():
            return
        if sys.platform == "win32":
            import winsound

            winsound.PlaySound(str(path), winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)
        elif self._program and (self._running is None or self._running.poll() is not None):
            self._running = _start(self._program, path)

    @cached_property
    def _program(self) -> str:
        """What plays a file here; empty where nothing can."""
        import shutil

        return shutil.which("paplay") or shutil.which("aplay") or ""


def _start(program: str, path: Path) -> subprocess.Popen[bytes] | None:
    import subprocess  # late: the window opens before anything sounds

    try:
        return subprocess.Popen([program, str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    except OSError:
        return None


def write_sounds(folder: Path) -> None:
    """Writes the four WAV files (16 bit, mono); how those in ``assets/sounds`` were made."""
    import wave

    folder.mkdir(parents=True, exist_ok=True)
    for name, tones in TONES.items():
        frames = b"".join(_samples(tone) for tone in tones)
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(frames)


def _samples(tone: Tone) -> bytes:
    import math
    import struct

    count = RATE * tone.ms // 1000
    ramp = max(1, RATE * 5 // 1000)
    values = (
        int(12000 * min(1.0, i / ramp, (count - i) / ramp) * math.sin(2 * math.pi * tone.hertz * i / RATE))
        for i in range(count)
    )
    return b"".join(struct.pack("<h", value) for value in values)
