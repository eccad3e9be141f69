# SPDX-License-Identifier: Apache-2.0
"""The coefficients of a latent group, as in Spec/bitstream.md ("B"), sections 8 and 9."""
from adaptive_latents import AdaptiveLatents
from bitstream import raw_class
from fields import Fields, Refused, bit_field, require
from streams import read_stream

BANDS = HORIZONTAL, VERTICAL, DIAGONAL = 0, 1, 2
PHASES = [(0, 0), (1, 1), (0, 1), (1, 0)]
BESIDE = [(-1, 0), (0, -1), (0, 1), (1, 0)]
CORNERS = [(-1, -1), (-1, 1), (1, -1), (1, 1)]
KNIGHTS = [(-2, -1), (-2, 1), (-1, -2), (-1, 2), (1, -2), (1, 2), (2, -1), (2, 1)]
MAXIMUM_SCALE, LOW_LIMIT = (1 << 24) - 1, 1 << 24


def wrapped(v):
    """32 bits with sign."""
    return (v + 0x80000000 & 0xFFFFFFFF) - 0x80000000


class Bits:
    """The bits at the start of a body, byte by byte."""

    def __init__(self, f):
        self.f, self.byte, self.used = f, 0, 8

    def next(self, field):
        if self.used == 8:
            self.byte, self.used = self.f.bytes(1, field), 0
        self.used += 1
        return bit_field(self.byte, self.used - 1, 1)

    def end(self):
        require(self.used == 8 or bit_field(self.byte, self.used, 8 - self.used) == 0,
                f"{self.f.place}: bits that fill up a byte are not zero.")


class LatentGroup:
    """Body of a latent group (B 9), and the residuals it gives out."""

    def __init__(self, group, model, latents, place):
        f = Fields(group.body, place)
        bits = Bits(f)
        ends = list(self.cut(model, 2 * model.class_count - 2, bits))
        self.stream_of_class, are_changed = {}, []
        for classes in ends:
            if bits.next("Has_Symbols"):
                self.stream_of_class.update(dict.fromkeys(classes, len(are_changed)))
                are_changed.append(bits.next("Has_Changes"))
        bits.end()
        require(len(are_changed) <= 96, f"{place}: there are {len(are_changed)} class streams.")
        changes = [f.many("i8", 5, "Centroid_Change", -63, 63) if is_changed else [0] * 5
                   for is_changed in are_changed]
        self.centroids = {number: [min(max(c + change, -63), 63) for c, change in
                                   zip(model.centroids[number], changes[stream])]
                          for number, stream in self.stream_of_class.items() if number < model.detail_class_count}
        self.streams = []
        for i in range(len(are_changed)):
            self.streams.append(read_stream(f, latents, f"{place}, class stream {i}"))
            latents -= len(self.streams[-1])
        f.place = place
        require(latents == 0, f"{place}: the class streams lack {latents} symbols.")
        f.end()
        self.place = place
        self.streams = [iter(stream) for stream in self.streams]

    @classmethod
    def cut(cls, model, node, bits):
        """The classes below each end of the cut."""
        children = model.children(node)
        if children and bits.next("Is_Divided"):
            for child in children:
                yield from cls.cut(model, child, bits)
        else:
            yield model.classes(node)

    def low_residual(self, first_class, _, raw):
        """The next residual of the low band, of a raw class."""
        return self.next(first_class + raw)

    def details(self, level, V, P):
        """What gives the residuals of the details of a level."""
        return LevelStreams(self)

    def next(self, number):
        """The next residual of a class."""
        require(number in self.stream_of_class, f"{self.place}: a class without symbols is asked for one.")
        return next(self.streams[self.stream_of_class[number]])

    def centroid(self, number, residual):
        return self.centroids[number][min(residual, 2) if residual >= 0 else 2 + min(-residual, 2)]

    def end(self, place):
        require(all(next(stream, None) is None for stream in self.streams),
                f"{place}: a class stream has too many symbols.")


class LevelStreams:
    """The residuals of a level, from class streams."""

    def __init__(self, group):
        self.group = group

    def begin(self, band, phase, columns):
        pass

    def row(self, y, contexts, quantizer, place):
        """Gives residuals to `place`, latent by latent, with its place in the row."""
        for x, (number, _, _) in enumerate(contexts):
            place(x, self.group.next(number + quantizer()))


def decode_low_band(plane, layout, tile, group, first_class):
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
            raw = raw_class(2048 * a + 1024 if a < 4000 else MAXIMUM_SCALE)
            residual = group.low_residual(first_class, a, raw)
            magnitudes[y, x] = abs(residual)
            value = q[y, x] = min(max(p + residual, -LOW_LIMIT), LOW_LIMIT)
            plane.low[first_row + y][first_column + x] = wrapped(value * layout.low_step >> 8)


class Values:
    """V of the bands of a level in a tile: zero until decoded, and in a margin of two around the tile."""

    def __init__(self, layout, level, tile):
        self.cuts = [layout.cut(layout.band_size(level, band), level, tile) for band in BANDS]
        self.rows, self.columns = (max(cut[k] for cut in self.cuts) for k in (2, 3))
        self.stride = self.columns + 4
        self.bands = [[0] * ((self.rows + 4) * self.stride) for _ in BANDS]

    def index(self, y, x):
        return (y + 2) * self.stride + x + 2

    def offsets(self, places):
        return [y * self.stride + x for y, x in places]

    def plane(self, band, rows, columns, phase=None):
        """The values at the places of a grid: of a phase, or all, counted from the first."""
        (row, column), step = (PHASES[phase], 2) if phase is not None else ((0, 0), 1)
        places = [[(step * y + row, step * x + column) for x in range(columns)] for y in range(rows)]
        return [[self.bands[band][self.index(y, x)] if y < self.rows and x < self.columns else 0
                 for y, x in line] for line in places]


class LinearContexts:
    """Classes of details by the linear rule (B 8)."""

    def __init__(self, model, level, values, parents, _):
        self.model, self.level, self.V, self.P = model, level, values, parents
        self.beside, self.corners, self.knights = map(values.offsets, (BESIDE, CORNERS, KNIGHTS))
        self.around = parents.offsets(BESIDE + CORNERS) if parents else []

    def begin(self, phase):
        self.phase = phase

    def context(self, band, y, x):
        """Class for the first quantiser, rounded mean and whether the sign is negative."""
        V, P = self.V, self.P
        i, own = V.index(y, x), V.bands[band]

        def total(values, i, offsets=(0,)):
            return sum(abs(values[i + o]) for o in offsets)

        terms = [total(own, i, self.beside), total(own, i, self.corners), total(own, i, self.knights), 0, 0,
                 sum(total(before, i) for before in V.bands[:band]),
                 sum(total(before, i, self.beside) for before in V.bands[:band]), 0]
        if P:
            j = P.index(y >> 1, x >> 1)
            terms[3], terms[4] = total(P.bands[band], j), total(P.bands[band], j, self.around)
            terms[7] = sum(total(P.bands[other], j) for other in BANDS if other != band)
        weights, constant = self.model.rule(self.level, band, self.phase)
        scale = constant + (sum(w * term for w, term in zip(weights, terms)) >> 1)
        return 2 * raw_class(min(scale, MAXIMUM_SCALE)), 0, False


class NetworkContexts:
    """Classes of details by networks (Spec/network.md)."""

    def __init__(self, model, level, values, parents, grandparents):
        self.values, self.network = values, model.network(level)
        rows, columns = self.size = values.rows + 1 >> 1, values.columns + 1 >> 1

        def planes(values, rows, columns):
            return [values.plane(band, rows, columns) if values else [[0] * columns for _ in range(rows)]
                    for band in BANDS]

        self.state = self.network.begin(
            planes(parents, rows, columns), planes(grandparents, rows + 1 >> 1, columns + 1 >> 1))

    def begin(self, phase):
        earlier = [self.values.plane(band, *self.size, phase=q) for q in range(phase) for band in BANDS]
        self.found = list(self.network.phase(phase, self.state, earlier))

    def context(self, band, y, x):
        number, is_negative, mean = self.found[band][y >> 1][x >> 1]
        return number, mean, is_negative


def decode_details(plane, layout, model, level, tile, group, coarser):
    """The details of a level in a tile; takes V of the two next coarser levels, the nearest first, and gives
    its own (B 8)."""
    V = Values(layout, level, tile)
    contexts = (NetworkContexts if model.networks else LinearContexts)(model, level, V, *coarser)
    residuals = group.details(level, V, coarser[0])
    state = 0

    def quantizer():
        return state & 1 if layout.is_dependent else 0

    for phase, (row, column) in enumerate(PHASES):
        contexts.begin(phase)
        state = 0
        for band in BANDS:
            first_row, first_column, rows, columns = V.cuts[band]
            step, target = layout.step(level, band), plane.details[level, band]
            places = range(column, columns, 2)
            residuals.begin(band, phase, len(places))
            for y in range(row, rows, 2):
                found = [contexts.context(band, y, x) for x in places]

                def place(j, residual):
                    """Reconstructs the latent of a residual; returns its doubled value as the mean counts."""
                    nonlocal state
                    (number, u, is_negative), Q, x = found[j], quantizer(), places[j]
                    q = residual + u
                    v = 2 * q - Q * ((q > 0) - (q < 0))
                    state = state >> 1 ^ (18 if Q else 0) ^ (4 if q & 1 else 0)
                    t = 32 * v + group.centroid(number + Q, residual)
                    value = min(1 << 27, abs(t) * step >> 14)
                    V.bands[band][V.index(y, x)] = min(max(-v if is_negative else v, -255), 255)
                    target[first_row + y][first_column + x] = -value if (t < 0) != is_negative else value
                    return v

                residuals.row(y, found, quantizer, place)
    return V


def decode_group(group, layout, model, planes, values, place):
    """The coefficients of the levels of a group in its tiles.

    `values` has V of the details by plane, tile and level.
    """
    frames = range(group.first_frame, group.first_frame + group.frame_count)
    tiles = range(group.first_tile, group.first_tile + group.tile_count)
    places = [(frame * layout.channels + tile // layout.per_plane, tile % layout.per_plane)
              for frame in frames for tile in tiles]
    if layout.is_adaptive:
        latents = AdaptiveLatents(group, model, place)
    else:
        latents = LatentGroup(group, model, sum(layout.latents(group, tile) for _, tile in places), place)
    try:
        for number, tile in places:
            plane = planes[number]
            if group.last_level == layout.levels:
                decode_low_band(plane, layout, tile, latents, model.detail_class_count)
            for level in range(group.last_level, group.first_level, -1):
                coarser = [values.get((number, tile, level + k)) for k in (1, 2)]
                values[number, tile, level] = decode_details(plane, layout, model, level, tile, latents, coarser)
    except StopIteration:
        raise Refused(f"{place}: a class stream has too few symbols.") from None
    latents.end(place)
