"""Bodies by chance: structs of the wire with right and wrong values, mangled maps, frames and junk."""

from typing import Any

import msgspec
import zstandard
from hypothesis import strategies as st
from msgspec import inspect

from sync.protocol.wire import deflate

Strategy = st.SearchStrategy[Any]
JUNK: Strategy = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


def message(kind: type[msgspec.Struct], *, zstd: bool = True) -> Strategy:
    """The bytes of a ``kind``: mostly whole, sometimes with fields lost, doubled in meaning, or of another type."""
    fields = message_map(kind)
    mangled = st.builds(lambda plain, extra: {**plain, **extra}, fields, st.dictionaries(st.text(max_size=9), JUNK))
    plain = st.one_of(fields, fields, fields, mangled, JUNK).map(_packed)
    return st.one_of(plain.map(deflate), _frames()) if zstd else st.one_of(plain, st.binary(max_size=64))


def message_map(kind: type[msgspec.Struct]) -> Strategy:
    """The fields of a ``kind`` with values that its constraints allow."""
    return _of(inspect.type_info(kind))


def _packed(value: Any) -> bytes:
    return msgspec.msgpack.encode(value)


def _frames() -> Strategy:
    """What is no good frame: junk, a frame cut short, one with more behind it, one that hides its size."""
    plain = st.binary(max_size=64)
    hidden = zstandard.ZstdCompressor(write_content_size=False)
    cut = st.builds(lambda data, size: deflate(data)[: -1 - size], plain, st.integers(0, 6))
    return st.one_of(plain, cut, plain.map(lambda data: deflate(data) + b"x"), plain.map(hidden.compress))


def _of(info: inspect.Type) -> Strategy:
    """Values of a type, within its constraints."""
    match info:
        case inspect.StructType(fields=fields, array_like=array):
            known = st.fixed_dictionaries({one.encode_name: _of(one.type) for one in fields})
            return known.map(lambda told: list(told.values())) if array else known
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case inspect.UnionType(types=types):
            return st.one_of([_of(one) for one in types])
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return st.lists(_of(item), max_size=4)
        case inspect.TupleType(item_types=items):
            return st.tuples(*[_of(one) for one in items]).map(list)
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(_of(key), _of(value), max_size=4)
        case inspect.Metadata(type=inner):
            return _of(inner)
    return _plain(info)


def _plain(info: inspect.Type) -> Strategy:
    match info:
        case inspect.IntType(ge=least, le=most):
            low, high = least if least is not None else -9, most if most is not None else 2**62
            return st.one_of(st.integers(low, min(high, low + 5)), st.integers(low, high), st.just(high))
        case inspect.StrType(pattern=str(pattern)):
            return st.from_regex(pattern)
        case inspect.StrType(min_length=least, max_length=most):
            return st.text(min_size=least or 0, max_size=min(most or 12, (least or 0) + 12))
        case inspect.BytesType(min_length=least, max_length=most):
            return st.binary(min_size=least or 0, max_size=min(most or 40, (least or 0) + 40))
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
    raise NotImplementedError(info)
