# SPDX-License-Identifier: Apache-2.0
"""Main bytes that stand in the sequences of zstd, as in Spec/bitstream.md, section 6."""
from fields import Fields, require, unpack


def block_frame(window, block):
    """The frame without magic number of one last, compressed block."""
    return bytes([0, window]) + (len(block) << 3 | 5).to_bytes(3, "little") + block


def sequences(packed, size, preset, place):
    """The main bytes that the runs of blocks stand for."""
    f, main = Fields(packed, place), b""
    while len(main) < size:
        block_bytes, count = len(packed), size
        if size > 3855:
            block_bytes = f.varint("bytes of a block")
            count = f.varint("main bytes of a block", 1, size - len(main))
        block = Fields(f.bytes(block_bytes, "block"), place)
        modes = block.get("u8", "Modes")
        rest = block.data[block.position:] if modes >> 6 == 1 else None
        literals = count * rest[0] if rest else block.varint("Literal_Count", 0, 1 << 17)
        require(literals <= 1 << 17, f"{place}: a block has too many literals.")
        rest = block.data[block.position:]
        if count < 128:
            number = bytes([count])
        elif count < 0x7F00:
            number = bytes([(count >> 8) + 128, count & 255])
        else:
            number = b"\xff" + (count - 0x7F00).to_bytes(2, "little")
        head = (literals << 4 | 13).to_bytes(3, "little") + b"\x01" + number + bytes([modes])
        runs = unpack(block_frame(0x40, head + rest), None, place, magicless=True, preset=preset, most=1 << 17)
        found, at = [], 0
        while at < len(runs):
            start = at
            while at < len(runs) and runs[at] == 1:
                at += 1
            ones, start = at - start, at
            while at < len(runs) and runs[at] == 0:
                at += 1
            require(1 <= ones <= 16 and 3 <= at - start <= 18, f"{place}: runs of {ones} and {at - start} bytes.")
            found.append(ones - 1 << 4 | at - start - 3)
        require(len(found) == count, f"{place}: a block has {len(found)} main bytes, not {count}.")
        main += bytes(found)
    require(f.position == len(packed), f"{place}: bytes are left behind the blocks.")
    return main
