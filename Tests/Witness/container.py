# SPDX-License-Identifier: Apache-2.0
"""Parts, groups and the record of the source, as in Spec/container.md ("C")."""
import functools
import math
import re
import struct

from fields import Fields, Refused, require
from source import Source

MAXIMUM_SAMPLES, MAXIMUM_PARTS, MAXIMUM_GROUPS, MAXIMUM_KEPT = 1 << 30, 4096, 1 << 20, 1 << 32  # C 6


@functools.lru_cache(maxsize=None)
def crc_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)  # 0x1EDC6F41, reflected
        table.append(value)
    return table


def crc32c(data):  # C 3.1
    table, value = crc_table(), 0xFFFFFFFF
    for byte in data:
        value = value >> 8 ^ table[(value ^ byte) & 255]
    return value ^ 0xFFFFFFFF


class Chunk:
    def __init__(self, name, offset, end, payload):
        self.name, self.offset, self.end, self.payload = name, offset, end, payload

    def fields(self):
        return Fields(self.payload, self.name)


TYPES = {"GRID", "MODE", "MODL", "SMAP", "PARM", "INDX", "LAYR", "SRCE", "DONE"}
TRUNCATED = "The file is truncated."


def read_chunks(data):
    """The chunks this program knows, up to DONE, and the place of the index (C 2, 3, 5)."""
    signature = b"\x8aAEC\r\n\x1a\n"
    require(data[:8] == signature[:len(data)], "This is not an .aec file.")
    require(len(data) >= 11, TRUNCATED)
    require(data[8:10] in (b"\x00\x04", b"\x00\x05", b"\x00\x06", b"\x00\x07"),
            f"The file has version {data[8]}.{data[9]}; this reads 0.4 to 0.7.")
    index_place = data[10]
    require(index_place <= 2, f"File_Header: Flags is {index_place}, only 0, 1 and 2 have a meaning.")
    chunks, position = [], 11
    while not chunks or chunks[-1].name != "DONE":
        require(position + 9 <= len(data), TRUNCATED)
        offset, kind = position, bytes(data[position:position + 4])
        require(re.fullmatch(b"[A-Za-z]{4}", kind), f"At {offset} stands no chunk: {kind!r}.")
        name = kind.decode("ascii")
        head = Fields(data[offset + 4:offset + 14], f"{name} at {offset}")
        length = head.varint("Length")
        position += 4 + head.position
        require(length + 4 <= len(data) - position, TRUNCATED)
        payload = data[position:position + length]
        checksum, = struct.unpack_from("<I", data, position + length)
        require(crc32c(kind + payload) == checksum, f"{name} at {offset}: the checksum is wrong.")
        require(name in TYPES or name[0].islower(), f"The critical chunk {name} is not known.")
        position += length + 4
        if name in TYPES:
            chunks.append(Chunk(name, offset, position, payload))
    if index_place == 1:  # C 5
        require(position + 12 <= len(data), TRUNCATED)
        index_offset, = struct.unpack_from("<Q", data, position)
        require(data[position + 8:position + 12] == b"AECT", "Trailer: Magic is wrong.")
        place = next((chunk.offset for chunk in chunks if chunk.name == "INDX"), None)
        require(place == index_offset, f"Trailer: Index_Offset is {index_offset}, INDX stands at {place}.")
        position += 12
    require(position == len(data), f"{len(data) - position} bytes stand behind the end of the file.")
    return chunks, index_place


class Part:
    """One part; grid, mode, model and digest as in C 4.1, 4.2, 4.3, 4.9."""

    def __init__(self, chunk, number):
        f = chunk.fields()
        self.number = number
        flags = f.get("u8", "Flags", 0, 3)
        self.signed, self.kind = bool(flags & 1), flags >> 1
        self.bits = f.get("u8", "Bits_Stored", 1, 32)
        axes = ("Frames", "Channels", "Rows", "Columns")
        self.extent = [f.varint(axis, 1, (1 << 32) - 1) for axis in axes]
        self.frames, self.channels, self.rows, self.columns = self.extent
        self.rate = None
        if self.kind == 1:
            above = f.varint("Rate_Numerator", 0, (1 << 63) - 1)
            if above:
                below = f.varint("Rate_Denominator", 1, (1 << 63) - 1)
                require(math.gcd(above, below) == 1, "GRID: the sampling rate is not in lowest terms.")
                self.rate = above, below
        f.end()
        self.frame_samples = self.channels * self.rows * self.columns
        self.samples = self.frames * self.frame_samples
        self.lowest = -(1 << self.bits - 1) if self.signed else 0
        self.highest = self.lowest + (1 << self.bits) - 1
        self.cell = next(size for size in (1, 2, 4) if 8 * size >= self.bits)
        self.model = None  # the identity of its file
        self.groups = []

    def read_mode(self, chunk):
        f = chunk.fields()
        both = f.get("u8", "Mode_Target")
        self.mode, target = f.checked(both & 15, "Mode", 0, 2), f.checked(both >> 4, "Target", 0, 6)
        require((target == 5) == (self.mode == 1), f"MODE: Target {target} does not go with the mode.")
        value = maximum = 0
        if target:
            value = f.get("f32", "Target_Value")
            require(math.isfinite(value) and math.copysign(1, value) > 0, f"MODE: Target_Value is {value}.")
            require(target != 5 or (value.is_integer() and 1 <= value <= 1 << 24),
                    f"MODE: Target_Value is {value}.")
        if self.mode:
            maximum = f.varint("Maximum_Error", 0, value if self.mode == 1 else (1 << 32) - 1)
        self.target = value
        if maximum:
            squared = f.get("f32", "Mean_Squared_Error")
            require(math.isfinite(squared) and squared > 0, f"MODE: Mean_Squared_Error is {squared}.")
        f.end()

    def read_model(self, chunk):
        f = chunk.fields()
        self.model = f.bytes(16, "Identity")
        f.varint("Version", 0, (1 << 32) - 1)
        require(1 <= f.left() <= 255, f"MODL: Name has {f.left()} bytes.")
        try:
            name = f.bytes(f.left(), "Name").decode("utf-8")
        except UnicodeDecodeError:
            raise Refused("MODL: Name is not UTF-8.") from None
        require(not re.search("[\x00-\x1f\x7f-\x9f]", name), "MODL: Name has control characters.")

    def content(self, chunk):  # SMAP and PARM
        return Fields(chunk.payload, f"{chunk.name} of part {self.number}")


class Group:
    """The header and body of a LAYR chunk (C 4.7)."""

    def __init__(self, chunk, parts):
        f = chunk.fields()
        self.offset, self.end = chunk.offset, chunk.end
        both = f.varint("Part_Layer")
        self.layer, self.part = both & 1, f.checked(both >> 1, "Part", 0, len(parts) - 1)
        part = parts[self.part]
        levels = f.get("u8", "Levels")
        self.last_level = levels >> 4
        self.first_level = f.checked(levels & 15, "First_Level", 0, self.last_level)
        self.first_frame = f.varint("First_Frame", 0, part.frames - 1)
        self.frame_count = f.varint("Frame_Count", 1, part.frames - self.first_frame)
        self.first_tile = f.varint("First_Tile", 0, part.frame_samples - 1)
        self.tile_count = f.varint("Tile_Count", 1, part.frame_samples - self.first_tile)
        self.header, self.body = bytes(chunk.payload[:f.position]), chunk.payload[f.position:]


def read_container(data):
    """Parts, groups in file order, source or None (C 3.3)."""
    chunks, index_place = read_chunks(data)
    chunks.reverse()

    def peek(name):
        return bool(chunks) and chunks[-1].name == name

    def expect(name):
        require(peek(name), f"{chunks[-1].name if chunks else 'The end'} stands where {name} should stand.")
        return chunks.pop()

    parts, groups, source, index = [], [], None, None
    is_whole = index_place == 2 and peek("SRCE")
    while peek("GRID") or not (parts or is_whole):
        parts.append(Part(expect("GRID"), len(parts)))
    total = sum(part.samples for part in parts)
    require(total <= MAXIMUM_SAMPLES, f"The file has {total} samples; the limit is {MAXIMUM_SAMPLES}.")
    require(len(parts) <= MAXIMUM_PARTS, f"The file has {len(parts)} parts; the limit is {MAXIMUM_PARTS}.")
    for part in parts:
        part.read_mode(expect("MODE"))
        if peek("MODL"):
            part.read_model(expect("MODL"))
        part.sample_map = part.content(expect("SMAP"))
        chunk = expect("PARM")
        part.parameters = part.content(chunk)
    if index_place == 0:
        index = chunk = expect("INDX")
    end = chunk.end if parts else 0  # where the gap of the first group begins
    for layer in (0, 1):
        while peek("LAYR"):
            group = Group(chunks[-1], parts)
            if group.layer > layer:
                break
            require(group.layer == layer, "A LAYR of layer 0 stands behind SRCE or layer 1.")
            groups.append(group)
            chunks.pop()
        if layer == 0 and peek("SRCE"):
            source = Source(expect("SRCE"), parts)
    if index_place == 1:
        index = expect("INDX")
    done = expect("DONE").fields()
    require(not chunks, "A chunk stands behind DONE.")
    require(len(groups) <= MAXIMUM_GROUPS,
            f"The file has {len(groups)} groups; the limit is {MAXIMUM_GROUPS}.")
    for group in groups:
        parts[group.part].groups.append(group)
    if index:  # C 4.6
        f = index.fields()
        f.varint("Group_Count", len(groups), len(groups))
        for group in groups:
            f.varint("Gap", group.offset - end, group.offset - end)
            f.varint("Length", group.end - group.offset, group.end - group.offset)
            require(f.bytes(len(group.header), "Group_Header") == group.header,
                    "INDX: a Group_Header is not that of its LAYR.")
            end = group.end
        f.end()
    for part in parts:  # C 4.9
        part.digest = done.bytes(32, "Digest")
    done.end()
    return parts, source
