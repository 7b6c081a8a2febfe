"""Every text for people has an Indonesian translation, and the compiled catalogues are those of their sources."""

import runpy
import string
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from pos_app import i18n
from sync.protocol.registry_reasons import FILE_REASONS, REASONS
from sync.server.errors import SENTENCES

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"_": None, "N_": None, "mark": None, "ngettext": (1, 2)}
PAGES = [("**.py", "python"), ("pages/templates/**.html", "jinja2")]
TOOL = runpy.run_path(str(ROOT / "packaging" / "translations.py"))


def messages_in_use() -> dict[str, str]:
    """Message id to the first place that uses it."""
    found: dict[str, str] = {}
    extracted = extract_from_dir(ROOT / "pos_app", method_map=[("**.py", "python")], keywords=KEYWORDS)
    for name, line, ids, _comments, _context in extracted:
        first = ids[0] if isinstance(ids, tuple) else ids
        found.setdefault(first, f"pos_app/{Path(name).as_posix()}:{line}")
    extracted = extract_from_dir(ROOT / "sync/server", method_map=PAGES, keywords=KEYWORDS)
    for name, line, ids, _comments, _context in extracted:
        first = ids[0] if isinstance(ids, tuple) else ids
        found.setdefault(first, f"sync/server/{Path(name).as_posix()}:{line}")
    for code, text in [*REASONS.items(), *FILE_REASONS.items()]:
        found.setdefault(text, f"sync/protocol/registry_reasons.py ({code})")
    for code, text in SENTENCES.items():
        found.setdefault(text, f"sync/server/errors.py ({code})")
    return found


def translations() -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """(fragment, ids, translations) of every message of every fragment."""
    result = []
    for path in TOOL["fragments"]():
        for message in TOOL["read"](path):
            if message.id:
                ids = message.id if isinstance(message.id, tuple) else (message.id,)
                texts = message.string if isinstance(message.string, tuple) else (message.string,)
                result.append((path.name, ids, texts))
    return result


def placeholders(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def test_compiled_catalogues_are_fresh() -> None:
    stale = [path.name for path in TOOL["stale"]()]
    assert not stale, f"run make translations: {stale}"


def test_every_text_has_an_indonesian_translation() -> None:
    translated = {ids[0] for _fragment, ids, texts in translations() if all(texts)}
    missing = sorted(f"{where}: {text!r}" for text, where in messages_in_use().items() if text not in translated)
    assert not missing, "\n".join(missing)


def test_translations_keep_the_placeholders() -> None:
    wrong = [
        (fragment, ids, texts)
        for fragment, ids, texts in translations()
        if any(placeholders(text) != placeholders(ids[-1]) for text in texts if text)
    ]
    assert not wrong


@pytest.mark.parametrize("count", [0, 1, 2, 21])
def test_plurals_are_in_indonesian_for_every_count(count: int) -> None:
    told = {ids: i18n.ngettext(*ids, count) for _fragment, ids, _texts in translations() if len(ids) == 2}
    wrong = {ids: told[ids] for _fragment, ids, texts in translations() if len(ids) == 2 and told[ids] != texts[0]}
    assert told
    assert not wrong


def test_one_text_is_translated_in_one_way() -> None:
    seen: dict[str, tuple[str, tuple[str, ...]]] = {}
    conflicts = []
    for fragment, ids, texts in translations():
        other = seen.setdefault(ids[0], (fragment, texts))
        if other[1] != texts:
            conflicts.append((ids[0], other, (fragment, texts)))
    assert not conflicts


def test_fuzzy_translations_are_not_shipped() -> None:
    fuzzy = [
        (path.name, message.id)
        for path in TOOL["fragments"]()
        for message in TOOL["read"](path)
        if message.id and message.fuzzy
    ]
    assert not fuzzy
