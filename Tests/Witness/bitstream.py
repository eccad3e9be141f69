# SPDX-License-Identifier: Apache-2.0
"""The samples of a lossless part, as in Spec/bitstream.md ("B"), sections 2 to 6."""
from fields import Fields, Refused, bit_field, require, unpack
from adaptive import AROUND, NEAR, AdaptiveCoder
from streams import read_stream


class Tiles:
    """PARM (B 2)."""

    def __init__(self, f, part):
        self.tile_rows, self.tile_columns = f.many("u32", 2, "tile size", 1, 65536)
        self.low_bits = f.get("u8", "Low_Bits", 0, 0 if part.mode == 1 or part.model is not None else 16)
        self.bound = f.get("u16", "Code_Bound", 1, 16383) if part.mode == 1 else 0
        self.base_exponent = 0
        if part.model is not None:
            self.base_exponent = f.get("u8", "Base_Exponent", 1, 3)
            self.base_parameters = f.bytes(f.left(), "Base_Parameters")
        f.end()
        self.rows, self.columns, self.channels = part.rows, part.columns, part.channels
        self.down, self.across = -(-part.rows // self.tile_rows), -(-part.columns // self.tile_columns)
        self.per_frame = part.channels * self.down * self.across

    def place(self, frame, tile):
        """Flat place of the first sample, rows and columns of a tile."""
        channel, rest = divmod(tile, self.down * self.across)
        down, across = divmod(rest, self.across)
        row, column = down * self.tile_rows, across * self.tile_columns
        first = ((frame * self.channels + channel) * self.rows + row) * self.columns + column
        return first, min(self.tile_rows, self.rows - row), min(self.tile_columns, self.columns - column)


class SampleMap:
    """SMAP (B 3): stored values of codes."""

    def __init__(self, f, part):
        kind = f.get("u8", "Map_Kind", 0, 2)
        self.origin = f.get("i64", "Origin", part.lowest, part.highest)
        self.levels = None
        if kind == 0:
            self.step, self.maximum_code = f.get("u32", "Step", 1, None), f.get("u32", "Maximum_Code")
            last = self.origin + self.step * self.maximum_code
        else:
            require(part.bits <= 16, f"{f.place}: a dense map for {part.bits} bits.")
            count, size = f.get("u32", "Level_Count", 1, 65536), f.get("u32", "Level_Bytes", 0, 196608)
            packing, data = f.get("u8", "Level_Packing", 0, 1), f.bytes(f.left(), "levels")
            require(packing or len(data) == size, f"{f.place}: the levels have another length.")
            data = unpack(data, size, f.place) if packing else data
            self.maximum_code = count - 1
            self.levels = (self.gaps, self.bitmap)[kind - 1](data, f.place)
            require(len(self.levels) == count, f"{f.place}: {len(self.levels)} levels, not {count}.")
            last = self.levels[-1]
        f.end()
        require(last <= part.highest, f"{f.place}: the last stored value, {last}, is too great.")

    def gaps(self, data, place):
        levels, f = [self.origin], Fields(data, place)
        while f.left():
            gap = f.get("u8", "gap")
            levels.append(levels[-1] + 1 + (gap if gap < 255 else f.get("u16", "gap")))
        return levels

    def bitmap(self, data, place):
        require(data and data[0] & 1, f"{place}: the first level is missing.")
        return [self.origin + 8 * a + b for a, byte in enumerate(data) for b in range(8) if byte >> b & 1]

    def stored(self, code):
        return self.levels[code] if self.levels else self.origin + self.step * code


# the taps in their order (B 4.3): row, column
TAPS = [(-1, 0), (-1, -1), (-1, 1), (0, -2), (-2, 0), (-1, -2), (-2, -1), (-2, 1), (-1, 2), (-2, -2), (-2, 2),
        (0, -3), (-3, 0), (-1, -3), (-3, -1), (-3, 1), (-1, 3), (-2, -3), (-3, -2), (-3, 2), (-2, 3), (0, -4),
        (-4, 0), (-1, -4), (-4, -1), (-4, 1), (-1, 4), (-3, -3)]
MEDIAN, FLAT = 8, 9  # labels


def sat16(v):
    return -32768 if v < -32768 else 32767 if v > 32767 else v


def class_streams(f, count):
    """The class stream of each raw class (B 4.5)."""
    starts = [0] + f.many("u8", count - 1, "Class_Start", 1, 96)
    require(all(a < b for a, b in zip(starts, starts[1:])), f"{f.place}: Class_Start does not rise.")
    ends = starts[1:] + [97]
    return [i for i, (a, b) in enumerate(zip(starts, ends)) for _ in range(a, b)]


def raw_class(s):
    """The raw class of a scale (B 4.5)."""
    if s == 0:
        return 0
    e = s.bit_length() - 1
    return 1 + 4 * e + (4 * s >> e & 3)


class Parameters:
    """B 5.1."""

    def __init__(self, f, tiles, maximum_high_code, has_base):
        self.tap_count = f.get("u8", "Tap_Count", 0, 28)
        require(self.tap_count % 2 == 0, f"{f.place}: Tap_Count is {self.tap_count}.")
        self.weight_shift = f.get("u8", "Weight_Shift", 0, 14)
        predictors = f.get("u8", "Predictor_Count", 1, 16)
        flags = f.get("u8", "Prediction_Flags", 0, 31)
        self.has_labels, self.repeats, self.signs, self.textures, self.adaptive = (flags >> bit & 1 for bit in range(5))
        require(not (self.signs and self.adaptive), f"{f.place}: Prediction_Flags is {flags}.")
        self.labels, odd = divmod(predictors, 2) if self.textures else (predictors, 0)
        require(self.labels <= 8 and not odd, f"{f.place}: Predictor_Count is {predictors}.")
        require(self.has_labels or self.labels == 1, f"{f.place}: Has_Labels is 0 with several labels.")
        self.error_shift = f.get("u8", "Error_Shift", 0, 8)
        self.curve_shift = f.get("u8", "Curve_Shift", 0, 11)
        require(maximum_high_code >> self.curve_shift < 32, f"{f.place}: Curve_Shift is too small.")
        curve_field = f.get("u8", "Curve_Field", 0, 9)
        self.stream_count = f.get("u8", "Stream_Count", 1, 1 if self.adaptive else 97)
        self.scale_weights = f.many("u16", 10, "Scale_Weight", 0, 1023)
        self.sign_weight = f.get("u16", "Sign_Weight", 0, 32767) if self.signs else 0
        self.texture_limit = f.get("u16", "Texture_Limit", 0, 32767) if self.textures else 0
        self.curve = [0] * 32
        if curve_field:
            self.curve = [entry << curve_field - 1 for entry in f.many("u16", 32, "Curve")]
        self.sets = []
        for _ in range(predictors):
            bias = f.get("i32", "Bias", -(1 << 24), 1 << 24)
            weights = f.many("i16", self.tap_count + (4 if has_base else 0), "weight")
            require(sum(map(abs, weights)) <= 32767, f"{f.place}: the weights of a set are too great.")
            self.sets.append((bias, weights))
        self.stream_of_class = class_streams(f, self.stream_count)
        self.initial_codes = f.many("u16", tiles, "Initial_Code")
        f.end()


def block_sizes(rows, columns):
    """Samples of the 32 x 32 blocks of a tile (B 4.3)."""
    return [min(32, rows - r) * min(32, columns - c)
            for r in range(0, rows, 32) for c in range(0, columns, 32)]


def decode_group(group, tiles, sample_map, values, place, base):
    """B 5: puts the samples of a group to their places among `values`; `base` is the enlarged base or None."""
    low_bits, maximum_code = tiles.low_bits, sample_map.maximum_code
    maximum_high = maximum_code >> low_bits
    places = [tiles.place(frame, tile)
              for frame in range(group.first_frame, group.first_frame + group.frame_count)
              for tile in range(group.first_tile, group.first_tile + group.tile_count)]
    sample_count = sum(rows * columns for _, rows, columns in places)
    blocks = [block_sizes(rows, columns) for _, rows, columns in places]
    block_count = sum(map(len, blocks))

    f = Fields(group.body, place)
    size = f.varint("Parameter_Bytes", 0, 4096 + 2 * len(places))
    packed = f.varint("Packed_Parameter_Bytes")
    data = f.bytes(packed or size, "parameters")
    data = unpack(data, size, f"{place}, parameters") if packed else data
    parameters = Parameters(Fields(data, f"{place}, parameters"), len(places), maximum_high,
                            base is not None)

    labels = [0] * block_count
    if parameters.has_labels:  # B 5.2
        labels = read_stream(f, block_count, f"{place}, labels")
        require(len(labels) == block_count, f"{place}: {len(labels)} labels, not {block_count}.")
        allowed = set(range(parameters.labels)) | {MEDIAN, FLAT}
        require(set(labels) <= allowed, f"{place}: a label is not one of {sorted(allowed)}.")
    sizes = [size for tile_blocks in blocks for size in tile_blocks]
    streams, left, adaptive = [], sum(size for size, label in zip(sizes, labels) if label != FLAT), None
    if parameters.adaptive:
        data = f.bytes(f.varint("Adaptive_Bytes", 1), "adaptive residuals")
        adaptive = AdaptiveCoder(data, parameters.error_shift, parameters.weight_shift, tiles.bound)
    else:
        for i in range(parameters.stream_count):
            streams.append(read_stream(f, left, f"{place}, class stream {i}"))
            left -= len(streams[-1])
        require(left == 0, f"{place}: the class streams lack {left} symbols.")
    low = f.bytes(sample_count * low_bits + 7 >> 3, "low bits")
    f.end()

    streams = [iter(stream) for stream in streams]
    labels, low_place = iter(labels), 0
    for (first, rows, columns), tile_blocks, initial in zip(places, blocks, parameters.initial_codes):
        tile_labels = [next(labels) for _ in tile_blocks]
        below = base and [[base[first + r * tiles.columns + c] - 32768 for c in range(columns)] for r in range(rows)]
        try:
            codes = decode_tile(
                rows, columns, parameters, maximum_high, tile_labels, initial - 32768, adaptive or streams, tiles.bound,
                below)
        except StopIteration:
            raise Refused(f"{place}: a class stream has too few symbols.") from None
        for i, code in enumerate(codes):  # the low bits, then the stored value
            if low_bits:
                code = code << low_bits | bit_field(low, low_place, low_bits)
                low_place += low_bits
            require(code <= maximum_code, f"{place}: the code {code} is above {maximum_code}.")
            r, c = divmod(i, columns)
            values[first + r * tiles.columns + c] = sample_map.stored(code)
    require(all(next(stream, None) is None for stream in streams),
            f"{place}: a class stream has too many symbols.")
    require(adaptive is None or adaptive.is_read(), f"{place}: the adaptive residuals have another length.")


def decode_tile(rows, columns, parameters, maximum_high, labels, initial, streams, bound, base):
    """The high codes of a tile, row by row (B 4); `base` has the rows of the base there, or is None. `streams` are class
    streams, or the coder of adaptive residuals.

    X, E and H have four more columns on each side and four more rows above; place (r, c) is at
    (r + 4) * stride + c + 4. What stands beside the tile is written as soon as its source is known.
    """
    stride = columns + 8
    X, E, H = [initial] * ((rows + 4) * stride), [0] * ((rows + 4) * stride), [0] * ((rows + 4) * stride)
    shift, weight_shift = parameters.error_shift, parameters.weight_shift
    half = 1 << weight_shift >> 1
    offsets = [row * stride + column for row, column in TAPS[:parameters.tap_count]]
    sets = [(bias, list(zip(offsets, weights))) for bias, weights in parameters.sets]
    base_weights = [weights[parameters.tap_count:] for _, weights in parameters.sets]
    curve, curve_shift, weights = parameters.curve, parameters.curve_shift, parameters.scale_weights
    stream_of_class, top = parameters.stream_of_class, maximum_high - 32768
    blocks_across = -(-columns // 32)

    def m(d):  # B 4.4
        return min(abs(sat16(d)) >> shift, 4095)

    def repeats(i):
        return parameters.repeats and X[i - 1] == X[i - stride] == X[i - stride - 1] == X[i - stride + 1]

    def texture(i):
        up = i - stride
        W, N, NW = X[i - 1], X[up], X[up - 1]
        return m(W - NW) + m(N - NW) + m(N - X[up + 1]) + m(W - X[i - 2]) + m(N - X[up - stride])

    def predicted(i, g, r, c):  # B 4.3; p, and F of B 4.6
        W, N, NW = X[i - 1], X[i - stride], X[i - stride - 1]
        if repeats(i):
            return min(W, top), 0
        if g == MEDIAN:
            return min(min(max(sat16(W + sat16(N - NW)), min(W, N)), max(W, N)), top), 0
        if parameters.textures:
            g = 2 * g + (texture(i) > parameters.texture_limit)
        bias, taps = sets[g]
        total = bias + half
        for offset, weight in taps:
            total += weight * sat16(X[i + offset] - W)
        if base:
            for (down, across), weight in zip(((0, 0), (0, 2), (2, 0), (2, 2)), base_weights[g]):
                near = base[min(r + down, rows - 1)][min(c + across, columns - 1)]
                total += weight * sat16(near - W)
        return min(sat16(W + sat16(total >> weight_shift)), top), total % (1 << weight_shift) - half

    def scale_class(i, p):
        """The raw class of the next residual (B 4.5)."""
        if repeats(i):
            return 0
        up, up2 = i - stride, i - 2 * stride
        terms = (abs(E[i - 1]), abs(E[up]), abs(E[up - 1]), abs(E[up + 1]),  # B 4.4
                 abs(E[i - 2]) + abs(E[up2]),
                 H[i - 1], H[up] + H[up + 4], H[up2] + H[up2 + 4],
                 texture(i),
                 m(p - X[i - 1]) + m(p - X[up]))
        s = curve[p + 32768 >> curve_shift]
        for weight, term in zip(weights, terms):
            s += weight * term
        return raw_class(min(s, (1 << 24) - 1))

    def around(i):
        up = i - stride
        return 2 * E[i - 1] + 2 * E[up] + E[up - 1] + E[up + 1]

    def sample(r, c):
        i = (r + 4) * stride + c + 4
        g = labels[(r // 32) * blocks_across + c // 32]
        if g == FLAT:
            x, residual = X[i - 1], 0
        else:  # B 4.6
            p, fraction = predicted(i, g, r, c)
            if parameters.adaptive:  # B 4.7
                errors = [E[i + row * stride + column] for row, column in AROUND]
                near = [X[i + row * stride + column] for row, column in NEAR]
                differences = [m(x - p) if x > p else -m(x - p) for x in near]
                residual = streams.residual(scale_class(i, p), g, p + 32768, X[i - 1] + 32768, fraction, around(i),
                                            errors, differences, c)
            else:
                residual = next(streams[stream_of_class[scale_class(i, p)]])
                if parameters.signs and fraction + parameters.sign_weight * around(i) < 0:
                    residual = (-residual + 32768 & 65535) - 32768
            residual *= 2 * bound + 1
            if bound:
                x = max(-32768, min(p + residual, top))
            else:
                x = (p + residual + 32768 & 65535) - 32768
        if x > top:
            raise Refused(f"The high code {x + 32768} is above {maximum_high}.")
        X[i], E[i] = x, -m(residual) if residual < 0 else m(residual)
        if parameters.adaptive and g != FLAT:
            streams.learn(g, E[i], c)
        H[i] = sum(map(abs, E[i - 3:i + 1]))

        if r == 0:  # B 4.1: above
            for k in range(1, 5):
                if c + 5 * k < columns + 4:
                    j = i - k * stride + 5 * k
                    X[j], E[j], H[j] = X[i], E[i], H[i]
        if c == 0 and r + 1 < rows:  # left
            for j in range(i + stride - 4, i + stride):
                X[j], E[j], H[j] = X[i], E[i], 4 * abs(E[i])
        if c == columns - 1:  # right
            for j in range(i + 1, i + 5):
                X[j], E[j] = X[i], E[i]
                H[j] = sum(map(abs, E[j - 3:j + 1]))

    if parameters.adaptive:
        streams.begin_tile(columns)
    for band in range(0, rows, 16):  # B 4.2
        lanes = min(16, rows - band)
        for t in range(columns + 5 * (lanes - 1)):
            for lane in range(lanes):
                if 0 <= t - 5 * lane < columns:
                    sample(band + lane, t - 5 * lane)
    return [X[(r + 4) * stride + c + 4] + 32768 for r in range(rows) for c in range(columns)]


def decode_part(part, base_planes, reduction=0):
    """The samples of a lossless or bounded part in flat order, whose digest is that of DONE, or of the picture of
    its base reduced so many times; and rows and columns of a frame. `base_planes` is that of base.py."""
    import signals  # which reads streams as this module does

    place = f"Part {part.number}"
    require(part.model is None or part.mode == 0, f"{place} is bounded and has a model.")  # B 2
    tiles = Tiles(part.parameters, part)
    require(reduction == 0 or tiles.base_exponent, f"{place} has no reduced pictures.")
    sample_map = SampleMap(part.sample_map, part)
    require(sample_map.maximum_code >> tiles.low_bits <= 65535, f"{place}: Maximum_High_Code is above 65535.")
    if tiles.bound:  # B 2
        require(sample_map.levels is None, f"{place} is bounded; its map is dense.")
        require(sample_map.step * tiles.bound <= part.target, f"{place}: Code_Bound is {tiles.bound}.")
    if part.kind == 1:
        require(tiles.tile_rows <= 64 and part.model is None, f"{place} is a signal of another kind.")
    enlarged_base = None
    if tiles.base_exponent:
        planes, size = base_planes(part, tiles, sample_map.maximum_code, reduction)
        enlarged_base = [code for plane in planes for line in plane for code in line]
        if reduction:
            return [sample_map.stored(code) for code in enlarged_base], size
    values, position = [None] * part.samples, 0  # position: tiles of all frames
    groups = [group for group in part.groups if group.layer == 1 or not tiles.base_exponent]
    for number, group in enumerate(groups):  # B 2
        name = f"{place}, group {number}"
        require((group.layer, group.first_level, group.last_level) == (1, 0, 0), f"{name} is not exact.")
        require(group.first_tile + group.tile_count <= tiles.per_frame, f"{name} has too many tiles.")
        whole = group.tile_count == tiles.per_frame
        require(whole or group.frame_count == 1, f"{name} has pieces of several frames.")
        require(group.frame_count * group.tile_count <= 65536, f"{name} has more than 65536 tiles.")
        require(group.first_frame * tiles.per_frame + group.first_tile == position,
                f"{name} does not follow the group before.")
        if part.kind == 1:  # B 11
            signals.decode_group(group, tiles, sample_map, values, name)
        else:
            decode_group(group, tiles, sample_map, values, name, enlarged_base)
        position += group.frame_count * group.tile_count
    require(position == part.frames * tiles.per_frame, f"{place}: groups are missing.")
    return values, (part.rows, part.columns)
