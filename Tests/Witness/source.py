# SPDX-License-Identifier: Apache-2.0
"""The record of the original files, as in Spec/container.md 4.8 ("C")."""
import hashlib
import re
import struct

from fields import require, unpack

MAXIMUM_KEPT = 1 << 32  # C 6
BITS = {1: 8, 2: 16, 3: 24, 4: 32, 5: 8, 6: 16, 8: 12, 9: 10, 10: 10, 11: 32, 12: 32}
GROUPED = {8: 2, 9: 3, 10: 3}  # samples that share bytes


class Cut:
    """A stretch of a file: slots (part, first, count, origin), or a number of kept bytes, repeated."""

    def __init__(self, f, end, parts, budget):
        gap = f.varint("Cut_Gap")
        self.offset = end + gap
        both = f.get("u8", "Cut_Packing")
        self.big_endian, self.kind = bool(both & 16), both & 15
        require(both & 96 == 0 and self.kind in BITS and (not self.big_endian or self.kind <= 4),
                f"SRCE: Cut_Packing is {both}.")
        self.text, self.repeats, self.slots = None, 1, []
        if both < 128:
            require(self.kind in (1, 2, 4), f"SRCE: a run is not packed as {self.kind}.")
            first, count = f.varint("First_Sample"), f.varint("Sample_Count", 1)
            self.add(parts, f.varint("Cut_Part", 0, len(parts) - 1), first, count, [0], 0, budget)
        else:
            self.read_pattern(f, parts, budget)
        samples = self.repeats * sum(slot[2] for slot in self.slots if isinstance(slot, tuple))
        self.inside = self.repeats * sum(slot for slot in self.slots if isinstance(slot, int))
        self.size = self.inside + (self.text[3] if self.text else byte_count(self.kind, samples))
        require(not self.text or self.text[3] <= 20 * samples + 19, "SRCE: Text_Bytes is too large.")
        require(self.offset + self.size < 1 << 63, "SRCE: a cut ends too far behind.")

    def read_pattern(self, f, parts, budget):
        if self.kind == 12:
            digits = f.varint("Fraction_Digits", 0, 9)
            words = [f.bytes(f.varint(name, 0, 8), name) for name in ("Separator_Bytes", "Line_End_Bytes")]
            self.text = digits, *words, f.varint("Text_Bytes", 0, (1 << 63) - 1)
        self.repeats = f.varint("Repeats", 1, (1 << 32) - 1)
        for _ in range(f.varint("Slot_Count", 1, f.left())):
            number = f.varint("Slot_Part", 0, len(parts))
            if number == 0:
                require(self.kind <= 6 or self.kind == 11, "SRCE: kept bytes stand within a group of samples.")
                self.slots.append(f.varint("Slot_Bytes", 1, (1 << 31) - 1))
                continue
            first, count = f.varint("First_Sample"), f.varint("Sample_Count", 1)
            rows = f.varint("Row_Count", 1, budget["rows"])
            budget["rows"] -= rows
            distance = f.varint("Row_Distance") if rows > 1 else 0
            folded = [f.varint("Origin", 0, (1 << 32) - 1) if self.kind == 11 else 0 for _ in range(rows)]
            self.add(parts, number - 1, first, count, [o // 2 if o % 2 == 0 else -(o // 2) - 1 for o in folded],
                     distance, budget)

    def add(self, parts, number, first, count, origins, distance, budget):
        part = parts[number]
        require(part.bits <= BITS[self.kind] and (self.kind not in (5, 6) or part.signed),
                f"SRCE: samples of part {number} do not fit packing {self.kind}.")
        last = first + distance * (len(origins) - 1) + count * self.repeats
        budget["samples"] -= count * self.repeats * len(origins)
        require(last <= part.samples and budget["samples"] >= 0, "SRCE: the cuts have too many samples.")
        self.slots += [(number, first + distance * row, count, origin) for row, origin in enumerate(origins)]

    def written(self, parts, values, kept):
        """The bytes of the cut; `kept` hands out kept bytes."""
        pieces, group, line = [], [], False
        signed = {slot[0]: parts[slot[0]].signed for slot in self.slots if isinstance(slot, tuple)}
        for turn in range(self.repeats):
            start = True
            for slot in self.slots:
                if isinstance(slot, int):
                    pieces.append(kept(slot))
                    continue
                number, first, count, origin = slot
                for i in range(first + turn * count, first + (turn + 1) * count):
                    value = values[number][i]
                    if self.text:
                        if line:
                            pieces.append(self.text[2] if start else self.text[1])
                        pieces.append(number_text(value, self.text[0]))
                        start, line = False, True
                    elif self.kind in GROUPED:
                        group.append(value)
                        if len(group) == GROUPED[self.kind]:
                            pieces.append(grouped(self.kind, group))
                            group = []
                    elif self.kind == 11:
                        before = origin if i == first else values[number][i - 1]
                        pieces.append(bytes([value - before & 255]))
                    elif self.kind in (5, 6):
                        size = self.kind - 4
                        pieces.append((value + (1 << 8 * size - 1)).to_bytes(size, "little"))
                    else:
                        order = "big" if self.big_endian else "little"
                        pieces.append(value.to_bytes(self.kind, order, signed=signed[number]))
        pieces.append(grouped(self.kind, group) if group else b"")
        result = b"".join(pieces)
        require(len(result) == self.size, "SRCE: a cut has another length than stated.")
        return result


def byte_count(kind, samples):
    whole, rest = divmod(samples, GROUPED.get(kind, 1))
    return {8: 3 * whole + 2 * rest, 9: 4 * whole + 2 * rest, 10: 4 * whole + rest + (rest > 0),
            11: samples}.get(kind, samples * (kind if kind <= 4 else kind - 4))


def grouped(kind, values):
    size = byte_count(kind, len(values))
    a, b, c = (values + [0, 0])[:3]
    if kind == 8:
        word = a & 255 | (a >> 8 & 15) << 8 | (b >> 8 & 15) << 12 | (b & 255) << 16
    elif kind == 9:
        word = (a & 1023) << 1 | (c & 31) << 11 | ((b & 1023) << 1 | (c >> 5 & 31) << 11) << 16
    else:
        word = a & 1023 | (b & 1023) << 10 | (c & 1023) << 20
    return word.to_bytes(4, "little")[:size]


def number_text(value, digits):
    text = str(abs(value)).rjust(digits + 1, "0")
    point = len(text) - digits
    return (("-" if value < 0 else "") + text[:point] + ("." + text[point:] if digits else "")).encode()


class Member:
    def __init__(self, f, parts, names, budget, may_cut):
        self.name = None
        if names is not None:
            self.name = f.bytes(f.varint("Name_Bytes", 1, 255), "Name").decode("utf-8", "replace")
            require(not re.search("^[.]|[/\\\\:\x00-\x1f\x7f\ufffd]", self.name) and self.name not in names,
                    "SRCE: Name is not that of a file, or comes twice.")
            names.add(self.name)
        count = f.varint("Cut_Count", 0, None if may_cut else 0)
        require(5 * count <= f.left(), f"SRCE: {count} cuts do not fit.")
        self.cuts, end, between = [], 0, 0
        for _ in range(count):
            cut = Cut(f, end, parts, budget)
            between += cut.offset - end + cut.inside
            end = cut.offset + cut.size
            self.cuts.append(cut)
        self.kept_bytes = f.varint("Kept_Bytes", between, MAXIMUM_KEPT)
        require(self.kept_bytes + end - between < 1 << 63, "SRCE: the file is too long.")

    def rebuilt(self, parts, values):
        position, file = 0, bytearray()

        def kept(count):
            nonlocal position
            position += count
            return self.kept[position - count:position]

        for cut in self.cuts:
            file += kept(cut.offset - len(file))
            file += cut.written(parts, values, kept)
        return bytes(file + self.kept[position:])


class Source:
    """The payload of SRCE."""

    def __init__(self, chunk, parts):
        f = chunk.fields()
        self.format = f.get("u8", "Format", 0, 10)
        flags = f.get("u8", "Flags", 0, 1 if self.format in (2, 3) else 3)
        exact = flags & 1
        require(exact or self.format != 0, f"SRCE: Flags is {flags}.")
        self.is_rebuilt = self.format != 3 or exact == 1
        self.members = []
        if not self.is_rebuilt:
            f.end()
            return
        self.file_digest = f.bytes(32, "File_Digest")
        names = set() if flags & 2 else None
        budget = {"samples": sum(part.samples for part in parts), "rows": 1 << 20}
        for _ in range(f.varint("Member_Count", 1, 65535) if flags & 2 else 1):
            self.members.append(Member(f, parts, names, budget, self.format != 0))
        total = sum(member.kept_bytes for member in self.members)
        require(total <= MAXIMUM_KEPT, "SRCE: too many bytes are kept.")
        packing, packed = f.get("u8", "Packing", 0, 1), f.bytes(f.left(), "Packed_Kept")
        require(packing or len(packed) == total, "SRCE: Packed_Kept has another length than Kept_Bytes.")
        kept = unpack(packed, total, "SRCE", magicless=False) if packing else packed
        for member in self.members:
            member.kept, kept = kept[:member.kept_bytes], kept[member.kept_bytes:]

    def rebuilt(self, parts, values):
        """Names and bytes of all files."""
        require(self.is_rebuilt, "This PNG file is not rebuilt.")
        files = [(member.name, member.rebuilt(parts, values)) for member in self.members]
        digest = hashlib.sha256(b"".join(file for _, file in files)).digest()
        require(digest == self.file_digest, "The rebuilt files have another SHA-256.")
        return files


def packed_samples(values, cell, signed):
    letter = {1: "b", 2: "h", 4: "i"}[cell]
    return struct.pack(f"<{len(values)}{letter if signed else letter.upper()}", *values)
