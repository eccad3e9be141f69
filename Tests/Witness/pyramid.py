# SPDX-License-Identifier: Apache-2.0
"""The samples of a lossy part, as in Spec/bitstream.md ("B"), section 7."""
from bitstream import SampleMap
from fields import require
from latents import BANDS, DIAGONAL, HORIZONTAL, VERTICAL, decode_group, wrapped
from model import Model


class Layout:
    """PARM of a lossy part and what follows from it (B 7)."""

    def __init__(self, f, part, model):
        self.tile_exponent = f.get("u8", "Tile_Exponent", 6, 12)
        self.levels = f.get("u8", "Pyramid_Levels", 1, 6)
        self.fraction_bits = f.get("u8", "Fraction_Bits", 0, 8)
        quantizer = f.get("u8", "Quantizer", 0, 5)
        require(quantizer & 2 == 0, f"{f.place}: Quantizer is {quantizer}.")
        self.is_dependent, self.is_adaptive = quantizer & 1 == 1, quantizer & 4 == 4
        common = self.step_number(f.get("u16", "Common_Step"))
        bands = [(self.levels, 0)] + [(level, band) for level in range(1, self.levels + 1) for band in (1, 2, 3)]
        self.steps = [max(1, min(1 << 31, common * model.band_scale(*band) >> 16)) for band in bands]
        lowest = 0
        for _ in range(f.get("u8", "Exception_Count", 0, len(bands))):
            band = f.get("u8", "Exception_Band", lowest, len(bands) - 1)
            self.steps[band] = self.step_number(f.get("u16", "Exception_Step"))
            lowest = band + 1
        f.end()
        self.sizes = [(part.rows, part.columns)]  # of the planes, 0 being the picture
        for _ in range(self.levels):
            self.sizes.append(tuple(size + 1 >> 1 for size in self.sizes[-1]))
        self.down, self.across = (-(-size >> self.tile_exponent) for size in (part.rows, part.columns))
        self.per_plane = self.down * self.across
        self.channels, self.per_frame = part.channels, part.channels * self.per_plane

    @staticmethod
    def step_number(field):
        return max(1, (2048 + (field & 2047) << (field >> 11)) >> 12)

    @property
    def low_step(self):
        return self.steps[0]

    def step(self, level, band):
        """Of a detail, the bands being 0, 1, 2 as in `BANDS`."""
        return self.steps[1 + 3 * (level - 1) + band]

    def band_size(self, level, band):
        rows, columns = self.sizes[level - 1]
        return (rows + (band == HORIZONTAL)) >> 1, (columns + (band == VERTICAL)) >> 1

    def cut(self, size, level, tile):
        """First row and column, rows and columns of a tile in a band of this size and level."""
        k = self.tile_exponent - level
        first = [place << k for place in divmod(tile, self.across)]
        return *first, *(max(0, min(1 << k, whole - start)) for whole, start in zip(size, first))

    def latents(self, group, tile):
        """Of a tile of a plane in a group: its details, and its low band if the group holds it."""
        cuts = [self.cut(self.band_size(level, band), level, tile)
                for level in range(group.first_level + 1, group.last_level + 1) for band in BANDS]
        if group.last_level == self.levels:
            cuts.append(self.cut(self.sizes[-1], self.levels, tile))
        return sum(rows * columns for _, _, rows, columns in cuts)


class Plane:
    """The coefficients of one channel of one frame: arrays of rows."""

    def __init__(self, layout):
        def zeros(size):
            return [[0] * size[1] for _ in range(size[0])]

        self.low = zeros(layout.sizes[-1])
        self.details = {(level, band): zeros(layout.band_size(level, band))
                        for level in range(1, layout.levels + 1) for band in BANDS}


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


def plane_codes(plane, layout, model, maximum_code, reduction):
    """The codes of a plane, reduced so many times, row by row."""
    values = plane.low
    for level in range(layout.levels, reduction, -1):
        values = synthesis(values, [plane.details[level, band] for band in BANDS], model.lifting)
    bits, offset = layout.fraction_bits, maximum_code + 1 >> 1
    half, scale = 1 << bits >> 1, reduction and model.reduced_scales[reduction - 1]
    for row in values:
        for value in row:
            if reduction:
                code = (value * scale + (1 << bits + 15) >> bits + 16) + offset
            else:
                code = (wrapped(value + half) >> bits) + offset
            yield min(max(code, 0), maximum_code)


class Sequence:
    """Whether the groups of a part stand in their order and hold everything once (B 7, groups)."""

    def __init__(self, part, layout):
        self.frame_count, self.layout = part.frames, layout
        # Of the group before: first frame and count, finest and coarsest level; the tile behind it.
        self.frames, self.levels, self.position = (0, 0), (0, 0), 0
        self.is_complete = True  # whether all tiles of these frames have been held at these levels

    def take(self, group, name):
        layout = self.layout
        frames, levels = (group.first_frame, group.frame_count), (group.first_level, group.last_level)
        require(group.layer == 0, f"{name} is no latent group.")
        require(group.first_level < group.last_level <= layout.levels, f"{name} has levels that are not there.")
        require(group.first_tile + group.tile_count <= layout.per_frame, f"{name} has tiles that are not there.")
        require(group.frame_count * group.tile_count <= 1 << 16, f"{name} has more than 65536 tiles.")
        require(group.frame_count == 1 or group.tile_count == layout.per_frame,
                f"{name} has several frames, but not all of their tiles.")
        if self.is_complete:  # a new range of levels, or the next frames
            if self.levels[0] > 0:
                follows = frames == self.frames and group.last_level == self.levels[0]
            else:
                follows = group.first_frame == sum(self.frames) and group.last_level == layout.levels
            self.frames, self.levels, self.position = frames, levels, 0
        else:
            follows = (frames, levels) == (self.frames, self.levels)
        require(follows and group.first_tile == self.position, f"{name} does not follow the group before.")
        self.position += group.tile_count
        self.is_complete = self.position == layout.per_frame

    def end(self, place):
        require(self.is_complete and self.levels[0] == 0 and sum(self.frames) == self.frame_count,
                f"{place}: groups are missing.")


def decode_part(part, reduction=0, models=()):
    """The samples of a lossy part in flat order, whose digest is that of DONE, or of its reduced picture,
    and the rows and columns of a frame. `models` are files besides those in Models/."""
    place = f"Part {part.number}"
    require(part.bits <= 16, f"{place} is lossy and has {part.bits} bits.")
    require(part.model is not None, f"{place} is lossy and has no model.")
    sample_map = SampleMap(part.sample_map, part)
    require(sample_map.levels is None, f"{place} is lossy and has a dense map.")
    codes, size = decode_codes(part, sample_map.maximum_code, reduction, models)
    return [sample_map.stored(code) for code in codes], size


def decode_codes(part, maximum_code, reduction, models=()):
    """The codes of the planes of a pyramid, reduced so many times, and rows and columns of a plane."""
    place = f"Part {part.number}"
    model = Model(part.model, place, models)
    layout = Layout(part.parameters, part, model)
    require(reduction <= layout.levels, f"{place} can be reduced {layout.levels} times at most.")
    require(maximum_code <= 65535, f"{place}: Maximum_Code is above 65535.")
    planes = [Plane(layout) for _ in range(part.frames * part.channels)]
    sequence, latents = Sequence(part, layout), {}
    for number, group in enumerate(part.groups):
        name = f"{place}, group {number}"
        sequence.take(group, name)
        if group.last_level == layout.levels and group.first_tile == 0:
            latents = {}  # of other frames
        if group.last_level > reduction or group.last_level == layout.levels:  # others hold finer details only
            decode_group(group, layout, model, planes, latents, name)
    sequence.end(place)
    codes = [code for plane in planes for code in plane_codes(plane, layout, model, maximum_code, reduction)]
    return codes, layout.sizes[reduction]
