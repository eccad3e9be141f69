# SPDX-License-Identifier: Apache-2.0
"""The samples of a lossy part, as in Spec/bitstream.md ("B"), sections 7 to 9, and Spec/model.md ("M")."""
import hashlib
from pathlib import Path

from bitstream import SampleMap, class_streams, raw_class, read_stream
from fields import Fields, Refused, require

HORIZONTAL, VERTICAL, DIAGONAL = BANDS = 0, 1, 2
PHASES = [(0, 0), (1, 1), (0, 1), (1, 0)]
BESIDE = [(-1, 0), (0, -1), (0, 1), (1, 0)]
CORNERS = [(-1, -1), (-1, 1), (1, -1), (1, 1)]
KNIGHTS = [(-2, -1), (-2, 1), (-1, -2), (-1, 2), (1, -2), (1, 2), (2, -1), (2, 1)]
MAXIMUM_SCALE, LOW_LIMIT = (1 << 24) - 1, 1 << 24


def wrapped(v):
    """32 bits with sign."""
    return (v + 0x80000000 & 0xFFFFFFFF) - 0x80000000


class Model:
    """M: a model file, found by its identity (C 4.3)."""

    def __init__(self, identity, place):
        folder = Path(__file__).resolve().parents[2] / "Models"
        files = (path.read_bytes() for path in sorted(folder.glob("*.aem")))
        data = next((data for data in files if hashlib.sha256(data).digest()[:16] == identity), None)
        require(data is not None, f"{place}: the model whose SHA-256 starts with {identity.hex()} is missing.")
        f = Fields(data, f"{place}, model")
        require(f.bytes(8, "signature") == b"\x8aAEM\r\n\x1a\n", f"{f.place}: this is no model file.")
        f.get("u16", "Model_Version", 2, 2)
        pairs = f.get("u8", "Pair_Count", 1, 4)
        self.lifting = [f.many("i32", pairs, "Lifting", -(1 << 17), 1 << 17) for _ in range(4)]
        require(all(sum(map(abs, step)) <= 1 << 17 for step in self.lifting), f"{f.place}: a step is too steep.")
        self.weights = f.many("u16", 432, "Weight")
        f.end()

    def rule(self, level, band, phase):
        """The eight weights and the constant of a scale."""
        first = (((min(level, 4) - 1) * 3 + band) * 4 + phase) * 9
        return self.weights[first:first + 8], self.weights[first + 8]


class Layout:
    """PARM of a lossy part and what follows from it (B 7)."""

    def __init__(self, f, part):
        self.tile_exponent = f.get("u8", "Tile_Exponent", 6, 12)
        self.levels = f.get("u8", "Level_Count", 1, 6)
        self.fraction_bits = f.get("u8", "Fraction_Bits", 0, 8)
        fields = f.many("u16", 1 + 3 * self.levels, "Band_Step", 0, 0xFFFF)
        f.end()
        self.steps = [max(1, (2048 + (field & 2047) << (field >> 11)) >> 12) for field in fields]
        self.sizes = [(part.rows, part.columns)]  # of the low bands, from the plane on
        for _ in range(self.levels):
            self.sizes.append(tuple(size + 1 >> 1 for size in self.sizes[-1]))
        self.down, self.across = (-(-size >> self.tile_exponent) for size in (part.rows, part.columns))
        self.per_plane = self.down * self.across
        self.per_frame = part.channels * self.per_plane

    def step(self, level, band):
        return self.steps[1 + 3 * (level - 1) + band]

    def band_size(self, level, band):
        rows, columns = self.sizes[level - 1]
        return (rows + (band == HORIZONTAL)) >> 1, (columns + (band == VERTICAL)) >> 1

    def cut(self, size, level, tile):
        """First row and column, rows and columns of a tile in a band of this size and level."""
        k = self.tile_exponent - level
        first = [place << k for place in divmod(tile, self.across)]
        return *first, *(max(0, min(1 << k, whole - start)) for whole, start in zip(size, first))


class Plane:
    """The coefficients of one channel of one frame: arrays of rows."""

    def __init__(self, layout):
        def zeros(size):
            return [[0] * size[1] for _ in range(size[0])]

        self.low = zeros(layout.sizes[-1])
        self.details = {(level, band): zeros(layout.band_size(level, band))
                        for level in range(1, layout.levels + 1) for band in BANDS}


class LatentGroup:
    """Body of a latent group (B 9), and the residuals it gives out."""

    def __init__(self, group, latents, place):
        f = Fields(group.body, place)
        count = f.get("u8", "Stream_Count", 1, 97)
        self.stream_of_class = class_streams(f, count)
        self.centroids = [[0] + f.many("i8", 3, "Centroid", -63, 63) for _ in range(count)]
        self.streams = []
        for i in range(count):
            self.streams.append(read_stream(f, latents, f"{place}, class stream {i}"))
            latents -= len(self.streams[-1])
        f.place = place
        require(latents == 0, f"{place}: the class streams lack {latents} symbols.")
        f.end()
        self.streams = [iter(stream) for stream in self.streams]

    def next(self, scale):
        """The next residual of the class of a scale, and its class stream."""
        stream = self.stream_of_class[raw_class(min(scale, MAXIMUM_SCALE))]
        return next(self.streams[stream]), stream

    def end(self, place):
        require(all(next(stream, None) is None for stream in self.streams),
                f"{place}: a class stream has too many symbols.")


def decode_low_band(plane, layout, tile, group):
    """The low band of a tile (B 8)."""
    first_row, first_column, rows, columns = layout.cut(layout.sizes[-1], layout.levels, tile)
    q, magnitudes = {}, {}
    for y in range(rows):
        for x in range(columns):
            W, N, NW = q.get((y, x - 1)), q.get((y - 1, x)), q.get((y - 1, x - 1))
            if W is None and N is None:
                W = N = 0
            W = N if W is None else W
            N = W if N is None else N
            NW = N if NW is None else NW
            p = min(max(W + N - NW, min(W, N)), max(W, N))
            a = magnitudes.get((y, x - 1), 0) + magnitudes.get((y - 1, x), 0)
            residual, _ = group.next(2048 * a + 1024 if a < 4000 else MAXIMUM_SCALE)
            magnitudes[y, x] = abs(residual)
            value = q[y, x] = min(max(p + residual, -LOW_LIMIT), LOW_LIMIT)
            plane.low[first_row + y][first_column + x] = wrapped(value * layout.steps[0] >> 8)


class Magnitudes:
    """M of the bands of a level in a tile: zero until decoded, and in a margin of two around the tile."""

    def __init__(self, rows, columns):
        self.stride = columns + 4
        self.bands = [[0] * ((rows + 4) * self.stride) for _ in BANDS]

    def index(self, y, x):
        return (y + 2) * self.stride + x + 2

    def offsets(self, places):
        return [y * self.stride + x for y, x in places]


def decode_details(plane, layout, model, level, tile, group, coarser):
    """The details of a level in a tile; gives their magnitudes (B 8)."""
    M = Magnitudes(*layout.cut(layout.sizes[level], level, tile)[2:])
    P = coarser
    beside, corners, knights = M.offsets(BESIDE), M.offsets(CORNERS), M.offsets(KNIGHTS)
    around = P.offsets(BESIDE + CORNERS) if P else []
    cuts = [layout.cut(layout.band_size(level, band), level, tile) for band in BANDS]

    def latent(band, y, x, weights, constant):
        i, own = M.index(y, x), M.bands[band]
        terms = [sum(own[i + o] for o in beside), sum(own[i + o] for o in corners),
                 sum(own[i + o] for o in knights), 0, 0,
                 sum(before[i] for before in M.bands[:band]),
                 sum(before[i + o] for before in M.bands[:band] for o in beside), 0]
        if P:
            j, parent = P.index(y >> 1, x >> 1), P.bands[band]
            terms[3], terms[4] = parent[j], sum(parent[j + o] for o in around)
            terms[7] = sum(P.bands[other][j] for other in BANDS if other != band)
        q, stream = group.next(constant + sum(w * term for w, term in zip(weights, terms)))
        magnitude = abs(q)
        own[i] = min(magnitude, 255)
        if q == 0:
            return 0
        centroid = group.centroids[stream][min(magnitude, 3)]
        value = min(1 << 27, (64 * magnitude + centroid) * layout.step(level, band) >> 14)
        return value if q > 0 else -value

    for phase, (row, column) in enumerate(PHASES):
        for band in BANDS:
            first_row, first_column, rows, columns = cuts[band]
            rule, target = model.rule(level, band, phase), plane.details[level, band]
            for y in range(row, rows, 2):
                for x in range(column, columns, 2):
                    target[first_row + y][first_column + x] = latent(band, y, x, *rule)
    return M


def decode_group(group, layout, model, plane, place):
    """The coefficients of the tiles of a group."""
    first = group.first_tile % layout.per_plane
    tiles = range(first, first + group.tile_count)
    cuts = (layout.cut(layout.sizes[0], 0, tile) for tile in tiles)
    latents = LatentGroup(group, sum(rows * columns for _, _, rows, columns in cuts), place)
    try:
        for tile in tiles:
            decode_low_band(plane, layout, tile, latents)
            magnitudes = None
            for level in range(layout.levels, 0, -1):
                magnitudes = decode_details(plane, layout, model, level, tile, latents, magnitudes)
    except StopIteration:
        raise Refused(f"{place}: a class stream has too few symbols.") from None
    latents.end(place)


def mirrored(place, count):
    """The place within a line of two values or more that stands for one outside."""
    while not 0 <= place < count:
        place = -place if place < 0 else 2 * (count - 1) - place
    return place


def lift(lines, coefficients):
    """The lifting steps, undone, across `lines` in their places (B 7, synthesis)."""
    count = len(lines)
    if count == 1:
        return
    for s in (3, 2, 1, 0):
        for r in range(1 - s % 2, count, 2):
            sums = [32768] * len(lines[r])
            for k, c in enumerate(coefficients[s]):
                before, after = lines[mirrored(r - 2 * k - 1, count)], lines[mirrored(r + 2 * k + 1, count)]
                sums = [total + c * wrapped(a + b) for total, a, b in zip(sums, before, after)]
            lines[r] = [wrapped(v - (total >> 16)) for v, total in zip(lines[r], sums)]


def synthesis(low, details, coefficients):
    """A level from its bands."""
    rows = len(low) + len(details[VERTICAL])
    lines = [low[r // 2] + details[HORIZONTAL][r // 2] if r % 2 == 0 else
             details[VERTICAL][r // 2] + details[DIAGONAL][r // 2] for r in range(rows)]
    lift(lines, coefficients)
    half = len(low[0])
    columns = list(map(list, zip(*lines)))
    merged = [columns[c // 2 + (half if c % 2 else 0)] for c in range(len(columns))]
    lift(merged, coefficients)
    return list(map(list, zip(*merged)))


def plane_codes(plane, layout, model, maximum_code):
    """The codes of a plane, row by row."""
    low = plane.low
    for level in range(layout.levels, 0, -1):
        low = synthesis(low, [plane.details[level, band] for band in BANDS], model.lifting)
    half, offset = 1 << layout.fraction_bits >> 1, maximum_code + 1 >> 1
    for row in low:
        for value in row:
            code = (wrapped(value + half) >> layout.fraction_bits) + offset
            yield min(max(code, 0), maximum_code)


def decode_part(part):
    """The samples of a lossy part in flat order, whose digest is that of DONE."""
    place = f"Part {part.number}"
    require(part.model is not None, f"{place} is lossy and has no model.")
    model, layout = Model(part.model, place), Layout(part.parameters, part)
    sample_map = SampleMap(part.sample_map, part)
    require(sample_map.levels is None, f"{place} is lossy and has a dense map.")
    require(sample_map.maximum_code <= 65535, f"{place}: Maximum_Code is above 65535.")
    planes = [Plane(layout) for _ in range(part.frames * part.channels)]
    position = 0  # tiles of all frames
    for number, group in enumerate(part.groups):
        name = f"{place}, group {number}"
        levels = group.layer, group.first_level, group.last_level
        require(levels == (0, 0, layout.levels), f"{name} is no latent group.")
        require(group.frame_count == 1, f"{name} has pieces of several frames.")
        channel, first = divmod(group.first_tile, layout.per_plane)
        require(first + group.tile_count <= layout.per_plane, f"{name} has tiles of several channels.")
        require(group.first_frame * layout.per_frame + group.first_tile == position,
                f"{name} does not follow the group before.")
        plane = planes[group.first_frame * part.channels + channel]
        decode_group(group, layout, model, plane, name)
        position += group.tile_count
    require(position == part.frames * layout.per_frame, f"{place}: groups are missing.")
    return [sample_map.stored(code) for plane in planes
            for code in plane_codes(plane, layout, model, sample_map.maximum_code)]
