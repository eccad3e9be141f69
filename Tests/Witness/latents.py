# SPDX-License-Identifier: Apache-2.0
"""The coefficients of a latent group, as in Spec/bitstream.md ("B"), sections 8 and 9."""
from bitstream import class_streams, raw_class, read_stream
from fields import Fields, Refused, require

BANDS = HORIZONTAL, VERTICAL, DIAGONAL = 0, 1, 2
PHASES = [(0, 0), (1, 1), (0, 1), (1, 0)]
BESIDE = [(-1, 0), (0, -1), (0, 1), (1, 0)]
CORNERS = [(-1, -1), (-1, 1), (1, -1), (1, 1)]
KNIGHTS = [(-2, -1), (-2, 1), (-1, -2), (-1, 2), (1, -2), (1, 2), (2, -1), (2, 1)]
MAXIMUM_SCALE, LOW_LIMIT = (1 << 24) - 1, 1 << 24


def wrapped(v):
    """32 bits with sign."""
    return (v + 0x80000000 & 0xFFFFFFFF) - 0x80000000


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
            plane.low[first_row + y][first_column + x] = wrapped(value * layout.low_step >> 8)


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
    """The details of a level in a tile; takes the magnitudes of the next coarser level, gives its own (B 8)."""
    M = Magnitudes(*layout.cut(layout.sizes[level], level, tile)[2:])
    P = coarser
    beside, corners, knights = M.offsets(BESIDE), M.offsets(CORNERS), M.offsets(KNIGHTS)
    around = P.offsets(BESIDE + CORNERS) if P else []
    cuts = [layout.cut(layout.band_size(level, band), level, tile) for band in BANDS]

    def latent(band, y, x, step, weights, constant):
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
        value = min(1 << 27, (64 * magnitude + centroid) * step >> 14)
        return value if q > 0 else -value

    for phase, (row, column) in enumerate(PHASES):
        for band in BANDS:
            first_row, first_column, rows, columns = cuts[band]
            step, rule = layout.step(level, band), model.rule(level, band, phase)
            target = plane.details[level, band]
            for y in range(row, rows, 2):
                for x in range(column, columns, 2):
                    target[first_row + y][first_column + x] = latent(band, y, x, step, *rule)
    return M


def decode_group(group, layout, model, planes, coarser, place):
    """The coefficients of the levels of a group in its tiles.

    `coarser` has the magnitudes of the details of `Last_Level` + 1 by plane and tile; those of
    `First_Level` + 1 are given back in the same way.
    """
    frames = range(group.first_frame, group.first_frame + group.frame_count)
    tiles = range(group.first_tile, group.first_tile + group.tile_count)
    places = [(frame * layout.channels + tile // layout.per_plane, tile % layout.per_plane)
              for frame in frames for tile in tiles]
    latents = LatentGroup(group, sum(layout.latents(group, tile) for _, tile in places), place)
    finest = {}
    try:
        for number, tile in places:
            plane, magnitudes = planes[number], coarser.get((number, tile))
            if group.last_level == layout.levels:
                decode_low_band(plane, layout, tile, latents)
            for level in range(group.last_level, group.first_level, -1):
                magnitudes = decode_details(plane, layout, model, level, tile, latents, magnitudes)
            finest[number, tile] = magnitudes
    except StopIteration:
        raise Refused(f"{place}: a class stream has too few symbols.") from None
    latents.end(place)
    return finest
