# SPDX-License-Identifier: Apache-2.0
"""Streams of residuals, as in Spec/bitstream.md ("B"), section 6."""
from fields import Fields, Refused, bit_field, require, unpack
from sequences import block_frame, sequences


def read_stream(f, most, place):
    """The residuals of one stream (B 6), of which there may be `most`."""
    f.place = place
    form = f.get("u8", "Form")
    require(form & 12 != 12 and (form & 16 or not form & 44) and (form & 32 or not form & 4), f"{place}: Form is {form}.")
    raw_bits = f.get("u8", "Raw_Bits", 1, 15) if form & 128 else 0
    count = f.varint("Symbol_Count", 0, most)
    if form & 3 == 0:
        require(form & 127 == 0, f"{place}: Form is {form}.")
        folded = [f.get("u16", "Value")] * count
    else:
        folded = read_symbols(f, form, count, place)
    raw = f.bytes(count * raw_bits + 7 >> 3, "raw bits")
    residuals = []
    for i, u in enumerate(folded):
        z = -(u + 1) // 2 if u & 1 else u // 2
        r = (z << raw_bits) + (bit_field(raw, i * raw_bits, raw_bits) if raw_bits else 0)
        residuals.append((r + 32768 & 65535) - 32768)
    return residuals


def read_symbols(f, form, count, place):
    """The values u of the forms bytes, digits and runs."""
    kind = form & 3
    size, extra_bits, radix = count, 0, 0
    if kind == 2:
        radix = f.get("u8", "Radix", 3, 254)
        digits = {3: 5, 4: 4, 5: 3, 6: 3}.get(radix, 2 if radix <= 16 else 1)
        size = -(-count // digits)
    elif kind == 3:
        size = f.varint("Token_Count", 0, count)
        extra_bits = f.varint("Extra_Bits", 0, 14 * count)
    escape_count, escape_bytes, packed_escapes = 0, 0, 0
    if form & 64:
        escape_count = f.varint("Escape_Count", 1, count)
        escape_bytes = f.varint("Escape_Bytes", 0, 3 * escape_count)
        packed_escapes = f.varint("Packed_Escape_Bytes")
    packed_bytes = f.varint("Packed_Bytes") if form & 16 else size
    preset = f.get("u8", "Preset", *((15, 34) if form & 4 else (1, 14))) if form & 32 else 0
    main = f.bytes(packed_bytes, "main bytes")
    if form & 4:
        main = sequences(main, size, preset, place)
    elif form & 16:
        main = block_frame(0x38, main) if form & 8 else main
        main = unpack(main, size, place, magicless=True, preset=preset)
    escapes = f.bytes(packed_escapes or escape_bytes, "escapes")
    if packed_escapes:
        escapes = unpack(escapes, escape_bytes, place, magicless=True)
    escapes = iter(read_escapes(escapes, escape_count, place))
    extra, position = f.bytes(extra_bits + 7 >> 3, "extra bits"), 0

    symbols = []
    if kind == 3:
        for token in main:
            bucket, level = token >> 4, token & 15
            if bucket:
                width = bucket - 1
                require(position + width <= extra_bits, f"{place}: extra bits are missing.")
                run = (1 << width) + bit_field(extra, position, width)
                position += width
                require(run <= count - len(symbols), f"{place}: a run is too long.")
                symbols += [0] * run
            if level:
                symbols.append(level)
        top = 15
    elif kind == 2:
        for byte in main:
            require(byte < radix ** digits, f"{place}: the byte {byte} is no digits of radix {radix}.")
            for _ in range(digits):
                symbols.append(byte % radix)
                byte //= radix
        symbols, top = symbols[:count], radix - 1
    else:
        symbols, top = main, 255
    require(len(symbols) == count, f"{place}: {len(symbols)} symbols, not {count}.")
    try:
        symbols = [top + next(escapes) if symbol == top else symbol for symbol in symbols]
    except (StopIteration, RuntimeError):
        raise Refused(f"{place}: escapes are missing.") from None
    require(next(escapes, None) is None, f"{place}: escapes are left over.")
    require(position == extra_bits, f"{place}: extra bits are left over.")
    return symbols


def read_escapes(data, count, place):
    values, f = [], Fields(data, f"{place}, escapes")
    for _ in range(count):
        value = f.get("u8", "escape")
        values.append(value if value < 255 else f.get("u16", "escape"))
    f.end()
    return values
