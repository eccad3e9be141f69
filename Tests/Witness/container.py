# SPDX-License-Identifier: Apache-2.0
"""Parts, groups and the record of the source, as in Spec/container.md ("C")."""
import functools
import hashlib
import math
import re
import struct

from fields import Fields, Refused, require, unpack

MAXIMUM_SAMPLES, MAXIMUM_PARTS, MAXIMUM_GROUPS, MAXIMUM_KEPT = 1 << 30, 64, 1 << 20, 1 << 32  # C 6


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
    def __init__(self, name, offset, payload):
        self.name, self.offset, self.payload = name, offset, payload

    def fields(self):
        return Fields(self.payload, self.name)


TYPES = {"GRID", "MODE", "MODL", "SMAP", "PARM", "INDX", "LAYR", "SRCE", "DONE"}
TRUNCATED = "The file is truncated."


def read_chunks(data):
    """The chunks this program knows, up to DONE, and whether the index stands at the end (C 2, 3, 5)."""
    signature = b"\x8aAEC\r\n\x1a\n"
    require(data[:8] == signature[:len(data)], "This is not an .aec file.")
    require(len(data) >= 12, TRUNCATED)
    require(data[8:10] == b"\x00\x01", f"The file has version {data[8]}.{data[9]}; this reads 0.1.")
    flags, = struct.unpack("<H", data[10:12])
    require(flags <= 1, f"File_Header: Flags is {flags}, bits 1...15 are reserved.")
    chunks, position = [], 12
    while not chunks or chunks[-1].name != "DONE":
        require(position + 12 <= len(data), TRUNCATED)
        kind, length = bytes(data[position:position + 4]), struct.unpack_from("<Q", data, position + 4)[0]
        require(re.fullmatch(b"[A-Za-z]{4}", kind), f"At {position} stands no chunk: {kind!r}.")
        require(length <= len(data) - position - 16, TRUNCATED)
        payload = data[position + 12:position + 12 + length]
        checksum, = struct.unpack_from("<I", data, position + 12 + length)
        name = kind.decode("ascii")
        require(crc32c(kind + payload) == checksum, f"{name} at {position}: the checksum is wrong.")
        require(name in TYPES or name[0].islower(), f"The critical chunk {name} is not known.")
        if name in TYPES:
            chunks.append(Chunk(name, position, payload))
        position += 16 + length
    if flags:  # C 5
        require(position + 12 <= len(data), TRUNCATED)
        index_offset, = struct.unpack_from("<Q", data, position)
        require(data[position + 8:position + 12] == b"AECT", "Trailer: Magic is wrong.")
        place = next((chunk.offset for chunk in chunks if chunk.name == "INDX"), None)
        require(place == index_offset, f"Trailer: Index_Offset is {index_offset}, INDX stands at {place}.")
        position += 12
    require(position == len(data), f"{len(data) - position} bytes stand behind the end of the file.")
    return chunks, bool(flags)


class Part:
    """One part; grid, mode, model and digest as in C 4.1, 4.2, 4.3, 4.9."""

    def __init__(self, chunk, number):
        f = chunk.fields()
        f.get("u8", "Part", number, number)
        self.number = number
        self.kind = f.get("u8", "Kind", 0, 1)
        self.bits = f.get("u8", "Bits_Stored", 1, 32)
        self.signed = bool(f.get("u8", "Flags", 0, 1))
        axes = ("Frames", "Channels", "Rows", "Columns")
        self.extent = [f.get("u32", axis, 1, None) for axis in axes]
        self.frames, self.channels, self.rows, self.columns = self.extent
        f.end()
        self.frame_samples = self.channels * self.rows * self.columns
        self.samples = self.frames * self.frame_samples
        self.lowest = -(1 << self.bits - 1) if self.signed else 0
        self.highest = self.lowest + (1 << self.bits) - 1
        self.cell = next(size for size in (1, 2, 4) if 8 * size >= self.bits)
        self.model = None  # the SHA-256 of its file
        self.groups = []

    def read_mode(self, chunk):
        f = chunk.fields()
        f.get("u8", "Part", self.number, self.number)
        self.mode = f.get("u8", "Mode", 0, 2)
        target = f.get("u8", "Target", 0, 6)
        require((target == 5) == (self.mode == 1), f"MODE: Target {target} does not go with the mode.")
        f.get("u8", "Reserved", 0, 0)
        value = f.get("f64", "Target_Value")
        maximum = f.get("u64", "Maximum_Error")
        squared = f.get("f64", "Mean_Squared_Error")
        f.end()
        for name, number in (("Target_Value", value), ("Mean_Squared_Error", squared)):
            require(math.isfinite(number) and math.copysign(1, number) > 0, f"MODE: {name} is {number}.")
        require(target != 0 or value == 0, f"MODE: Target_Value is {value} without a target.")
        require(target != 5 or (value.is_integer() and 1 <= value < 2**32), f"MODE: Target_Value is {value}.")
        require(maximum <= (0, value, 2**32 - 1)[self.mode], f"MODE: Maximum_Error is {maximum}.")
        require((squared > 0) == (maximum > 0), f"MODE: Mean_Squared_Error is {squared}.")

    def read_model(self, chunk):
        f = chunk.fields()
        f.get("u8", "Part", self.number, self.number)
        f.get("u32", "Version")
        digest = f.bytes(32, "Digest")
        try:
            name = f.bytes(f.get("u8", "Name_Length", 1, 255), "Name").decode("utf-8")
        except UnicodeDecodeError:
            raise Refused("MODL: Name is not UTF-8.") from None
        require(not re.search("[\x00-\x1f\x7f-\x9f]", name), "MODL: Name has control characters.")
        f.end()
        self.model = digest

    def content(self, chunk):  # SMAP and PARM
        f = chunk.fields()
        f.get("u8", "Part", self.number, self.number)
        return Fields(chunk.payload[1:], f"{chunk.name} of part {self.number}")


class Group:
    """The header and body of a LAYR chunk (C 4.7)."""

    def __init__(self, chunk, parts):
        f = chunk.fields()
        self.offset, self.length = chunk.offset, len(chunk.payload) + 16
        self.part = f.get("u8", "Part", 0, len(parts) - 1)
        part = parts[self.part]
        self.layer = f.get("u8", "Layer", 0, 1)
        self.first_level = f.get("u8", "First_Level", 0, 31)
        self.last_level = f.get("u8", "Last_Level", self.first_level, 31)
        self.first_frame = f.get("u32", "First_Frame", 0, part.frames - 1)
        self.frame_count = f.get("u32", "Frame_Count", 1, part.frames - self.first_frame)
        self.first_tile = f.get("u32", "First_Tile", 0, part.frame_samples - 1)
        self.tile_count = f.get("u32", "Tile_Count", 1, part.frame_samples - self.first_tile)
        self.header, self.body = bytes(chunk.payload[:20]), chunk.payload[20:]


class Source:
    """The record of the original file (C 4.8)."""

    def __init__(self, chunk, parts):
        f = chunk.fields()
        self.format = f.get("u8", "Format", 1, 3)
        f.get("u8", "Flags", 0, 0 if self.format == 3 else 1)
        f.get("u16", "Reserved", 0, 0)
        self.file_bytes = f.get("u64", "File_Bytes")
        self.file_digest = f.bytes(32, "File_Digest")
        count = f.get("u32", "Cut_Count")
        require(28 * count <= f.left(), f"SRCE: {count} cuts do not fit.")
        self.cuts, end, between = [], 0, 0
        for _ in range(count):
            offset = f.get("u64", "Cut_Offset", end, None)
            first, samples = f.get("u64", "First_Sample"), f.get("u64", "Sample_Count", 1, None)
            part = parts[f.get("u8", "Cut_Part", 0, len(parts) - 1)]
            cell = f.get("u8", "Cell_Bytes", part.cell, 4)
            require(cell != 3, "SRCE: Cell_Bytes is 3.")
            big_endian = f.get("u8", "Cut_Flags", 0, 1)
            f.get("u8", "Cut_Reserved", 0, 0)
            require(first + samples <= part.samples, "SRCE: a cut has more samples than its part.")
            between += offset - end
            end = offset + samples * cell
            require(end < 2**63, "SRCE: a cut ends too far behind.")
            self.cuts.append((offset, part.number, first, samples, cell, big_endian))
        total = sum(cut[3] for cut in self.cuts)
        require(total <= sum(part.samples for part in parts), "SRCE: the cuts have too many samples.")
        kept = f.get("u64", "Kept_Bytes", between, MAXIMUM_KEPT)
        size = kept + sum(cut[3] * cut[4] for cut in self.cuts)
        require(self.file_bytes == size, f"SRCE: File_Bytes is {self.file_bytes}, not {size}.")
        require(self.format != 3 or size == 0, f"SRCE: File_Bytes is {size} for a PNG file.")
        packing, packed = f.get("u8", "Packing", 0, 1), f.bytes(f.left(), "Packed_Kept")
        require(packing or len(packed) == kept, "SRCE: Packed_Kept has another length than Kept_Bytes.")
        self.kept = unpack(packed, kept, "SRCE", magicless=False) if packing else packed

    def rebuilt(self, parts, values):
        require(self.format != 3, "A PNG file is not rebuilt.")
        file, position = bytearray(), 0
        for offset, part, first, count, cell, big_endian in self.cuts:
            step = offset - len(file)
            file += self.kept[position:position + step]
            position += step
            file += packed_samples(values[part][first:first + count], cell, parts[part].signed, big_endian)
        file += self.kept[position:]
        require(hashlib.sha256(file).digest() == self.file_digest, "The rebuilt file has another SHA-256.")
        return file


def packed_samples(values, cell, signed, big_endian=False):
    letter = {1: "b", 2: "h", 4: "i"}[cell]
    return struct.pack(f"{'<>'[big_endian]}{len(values)}{letter if signed else letter.upper()}", *values)


def read_container(data):
    """Parts, groups in file order, source or None (C 3.3)."""
    chunks, index_at_end = read_chunks(data)
    chunks.reverse()

    def peek(name):
        return bool(chunks) and chunks[-1].name == name

    def expect(name):
        require(peek(name), f"{chunks[-1].name if chunks else 'The end'} stands where {name} should stand.")
        return chunks.pop()

    parts, groups, source, index = [], [], None, None
    while peek("GRID") or not parts:
        parts.append(Part(expect("GRID"), len(parts)))
    total = sum(part.samples for part in parts)
    require(total <= MAXIMUM_SAMPLES, f"The file has {total} samples; the limit is {MAXIMUM_SAMPLES}.")
    require(len(parts) <= MAXIMUM_PARTS, f"The file has {len(parts)} parts; the limit is {MAXIMUM_PARTS}.")
    for part in parts:
        part.read_mode(expect("MODE"))
        if peek("MODL"):
            part.read_model(expect("MODL"))
        part.sample_map = part.content(expect("SMAP"))
        part.parameters = part.content(expect("PARM"))
    if not index_at_end:
        index = expect("INDX")
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
    index = index or expect("INDX")
    done = expect("DONE").fields()
    require(not chunks, "A chunk stands behind DONE.")
    require(len(groups) <= MAXIMUM_GROUPS,
            f"The file has {len(groups)} groups; the limit is {MAXIMUM_GROUPS}.")
    f = index.fields()  # C 4.6
    f.get("u32", "Group_Count", len(groups), len(groups))
    for group in groups:
        f.get("u64", "Offset", group.offset, group.offset)
        f.get("u64", "Length", group.length, group.length)
        require(f.bytes(20, "Group_Header") == group.header, "INDX: a Group_Header is not that of its LAYR.")
        parts[group.part].groups.append(group)
    f.end()
    done.get("u8", "Part_Count", len(parts), len(parts))  # C 4.9
    for part in parts:
        part.digest = done.bytes(32, "Digest")
    done.end()
    return parts, source
