# SPDX-License-Identifier: Apache-2.0
"""Fields, bit strings and zstd frames: what the container and the bitstream are made of."""
import ctypes
import functools
import re
import struct
from pathlib import Path


class Refused(Exception):
    """A file that the specification does not allow, or that this program does not decode."""


def require(condition, sentence):
    if not condition:
        raise Refused(sentence)


class Fields:
    """Takes fields off the front of some bytes; what they are called goes into the messages."""

    FORMATS = {"u8": "<B", "u16": "<H", "u32": "<I", "u64": "<Q", "i8": "<b", "i16": "<h", "i32": "<i",
               "i64": "<q", "f32": "<f"}

    def __init__(self, data, place):
        self.data, self.place, self.position = data, place, 0

    def left(self):
        return len(self.data) - self.position

    def bytes(self, count, field):
        require(count <= self.left(),
                f"{self.place}: {field} needs {count} bytes, there are {self.left()}.")
        self.position += count
        return bytes(self.data[self.position - count:self.position])

    def get(self, kind, field, low=None, high=None):
        form = self.FORMATS[kind]
        value, = struct.unpack(form, self.bytes(struct.calcsize(form), field))
        return self.checked(value, field, low, high)

    def many(self, kind, count, field, low=None, high=None):
        return [self.get(kind, field, low, high) for _ in range(count)]

    def varint(self, field, low=None, high=None):  # C 1
        value = 0
        for i in range(10):
            byte = self.get("u8", field)
            value |= (byte & 127) << 7 * i
            if byte < 128:
                require(i == 0 or byte > 0, f"{self.place}: {field} is not in its shortest form.")
                require(value < 1 << 64, f"{self.place}: {field} has more than 64 bits.")
                return self.checked(value, field, low, high)
        raise Refused(f"{self.place}: {field} has more than ten bytes.")

    def checked(self, value, field, low, high):
        require((low is None or value >= low) and (high is None or value <= high),
                f"{self.place}: {field} is {value}, allowed are {low}...{'' if high is None else high}.")
        return value

    def end(self):
        require(self.left() == 0, f"{self.place}: {self.left()} bytes too many.")


def bit_field(data, position, width):
    """Bits position ..< position + width of a bit string (B 1)."""
    first = position >> 3
    window = int.from_bytes(data[first:(position + width + 7) >> 3], "little")
    return (window >> (position & 7)) & ((1 << width) - 1)


@functools.lru_cache(maxsize=None)
def zstd():
    library = ctypes.CDLL("libzstd.so.1")
    library.ZSTD_createDCtx.restype = ctypes.c_void_p
    library.ZSTD_isError.argtypes, library.ZSTD_isError.restype = [ctypes.c_size_t], ctypes.c_uint
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    for name, arguments in (
            ("ZSTD_DCtx_setParameter", [pointer, ctypes.c_int, ctypes.c_int]),
            ("ZSTD_DCtx_loadDictionary", [pointer, ctypes.c_char_p, size]),
            ("ZSTD_decompressDCtx", [pointer, ctypes.c_char_p, size, ctypes.c_char_p, size])):
        getattr(library, name).argtypes, getattr(library, name).restype = arguments, size
    return library


@functools.lru_cache(maxsize=None)
def zstd_context(magicless, preset):
    library = zstd()
    context = library.ZSTD_createDCtx()
    if magicless:  # ZSTD_d_format = ZSTD_f_zstd1_magicless
        require(not library.ZSTD_isError(library.ZSTD_DCtx_setParameter(context, 1000, 1)),
                "This libzstd cannot read frames without a magic number.")
    if preset:
        table = presets()[preset]
        require(not library.ZSTD_isError(library.ZSTD_DCtx_loadDictionary(context, table, len(table))),
                f"libzstd does not take preset {preset}.")
    return context


@functools.lru_cache(maxsize=None)
def presets():
    """The tables of Spec/presets.md, by number."""
    text = (Path(__file__).resolve().parents[2] / "Spec" / "presets.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## (\d+):[^\n]*\n+```\n([0-9a-f\n]*)```", text, re.MULTILINE)
    tables = {int(number): bytes.fromhex(digits.replace("\n", "")) for number, digits in sections}
    return {number: table + (bytes(1 << 17) if number >= 15 else b"") for number, table in tables.items()}


def frame_size(data, magicless):
    """Bytes of the zstd frame at the start of `data`, or None if it ends early (RFC 8878, section 3.1.1)."""
    position = 0
    if not magicless:
        if data[:4] != b"\x28\xb5\x2f\xfd":
            return None
        position = 4
    try:
        descriptor = data[position]
        single_segment = descriptor >> 5 & 1
        position += 2 - single_segment + (0, 1, 2, 4)[descriptor & 3]
        position += (single_segment, 2, 4, 8)[descriptor >> 6]
        last = False
        while not last:
            header = data[position] | data[position + 1] << 8 | data[position + 2] << 16
            last, kind, size = header & 1, header >> 1 & 3, header >> 3
            position += 3 + (1 if kind == 1 else size)
    except IndexError:
        return None
    return position + (4 if descriptor & 4 else 0)


def unpack(packed, size, place, magicless=False, preset=0, most=0):
    """Exactly one zstd frame that gives exactly `size` bytes, or, if that is None, `most` at most."""
    require(frame_size(packed, magicless) == len(packed), f"{place}: it is not exactly one zstd frame.")
    room = most if size is None else size
    target = ctypes.create_string_buffer(room)
    result = zstd().ZSTD_decompressDCtx(zstd_context(magicless, preset), target, room, packed, len(packed))
    require(not zstd().ZSTD_isError(result) and size in (None, result),
            f"{place}: its zstd frame is damaged or does not give {room} bytes.")
    return target.raw[:result]
