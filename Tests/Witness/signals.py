# SPDX-License-Identifier: Apache-2.0
"""Exact groups of signals, as in Spec/bitstream.md ("B"), section 11."""
from bitstream import class_streams, raw_class, read_stream, sat16
from fields import Fields, Refused, bit_field, require, unpack


def folded(f, field, limit):
    value = f.varint(field, 0, 2 * limit)
    return -(value + 1) // 2 if value & 1 else value // 2


class Row:
    """How a row is predicted (B 11.1)."""

    def __init__(self, f, number, maximum_high):
        self.center = f.varint("Center", 0, maximum_high) - 32768
        self.own = f.varint("Own_Count", 0, 63)
        self.references = []
        for _ in range(f.varint("Reference_Count", 0, min(number, 3))):
            row = f.varint("Reference_Row", 0, number - 1)
            self.references.append((row, f.varint("Before", 0, 31), f.varint("After", 0, 31)))
        count, self.thresholds, self.sets = f.varint("Set_Count", 1, 16), [], []
        for _ in range(count - 1):
            step = f.varint("Threshold_Step", 1, 1 << 24)
            self.thresholds.append((self.thresholds[-1] if self.thresholds else 0) + step)
        for _ in range(count):
            bias = folded(f, "Bias", 1 << 24)
            weights = [folded(f, "Weight", 16383) for _ in range(self.own)]
            sets = [(None, weights, folded(f, "Weight", 16383))]
            for row, before, after in self.references:
                window = [(k, folded(f, "Weight", 16383)) for k in range(-before, after + 1) if k != -1]
                sets.append((row, window, folded(f, "Weight", 16383)))
            total = sum(map(abs, weights)) + sum(abs(w) for _, ws, _ in sets[1:] for _, w in ws)
            require(total + sum(abs(level) for _, _, level in sets) <= 16383,
                    f"{f.place}: the weights of a set are too great.")
            self.sets.append((bias, sets))


class Parameters:
    def __init__(self, f, rows, maximum_high):
        self.weight_shift, self.error_shift = f.varint("Weight_Shift", 0, 14), f.varint("Error_Shift", 0, 8)
        self.constant = f.varint("Scale_Constant", 0, 65535)
        self.scale_weights = [f.varint("Scale_Weight", 0, 1023) for _ in range(10)]
        self.rows = [Row(f, number, maximum_high) for number in range(rows)]
        self.stream_count = f.varint("Stream_Count", 1, 97)
        self.stream_of_class = class_streams(f, self.stream_count)  # numbers below 128: a byte each
        f.end()


class Lane:
    """X, E and D of a row; places beside the tile have values too."""

    def __init__(self, columns, center):
        self.columns, self.center, self.x, self.e, self.d = columns, center, [], [], []

    def X(self, t):
        if t < 0:
            return self.center
        return self.x[t] if t < self.columns else self.x[-1]

    def E(self, t):
        return self.e[t] if 0 <= t < len(self.e) else 0

    def D(self, t):
        return self.d[t] if 0 <= t < len(self.d) else 0

    def append(self, x, e):
        self.x.append(x)
        self.e.append(e)
        t = len(self.x) - 1
        self.d.append(sum(abs(self.X(s) - self.X(s - 1)) for s in range(t - 3, t + 1) if s >= 0))


def decode_group(group, tiles, sample_map, values, place):
    """Puts the samples of a group to their places among `values`."""
    low_bits, maximum_code = tiles.low_bits, sample_map.maximum_code
    maximum_high = maximum_code >> low_bits
    places = [tiles.place(frame, tile)
              for frame in range(group.first_frame, group.first_frame + group.frame_count)
              for tile in range(group.first_tile, group.first_tile + group.tile_count)]
    count = sum(rows * columns for _, rows, columns in places)
    f = Fields(group.body, place)
    size = f.varint("Parameter_Bytes", 0, 1 << 20)
    packed = f.varint("Packed_Parameter_Bytes")
    data = f.bytes(packed or size, "parameters")
    data = unpack(data, size, f"{place}, parameters") if packed else data
    parameters = Parameters(
        Fields(data, f"{place}, parameters"), max(rows for _, rows, _ in places), maximum_high)
    streams, left = [], count
    for i in range(parameters.stream_count):
        streams.append(read_stream(f, left, f"{place}, class stream {i}"))
        left -= len(streams[-1])
    require(left == 0, f"{place}: the class streams lack {left} symbols.")
    low = f.bytes(count * low_bits + 7 >> 3, "low bits")
    f.end()

    streams, low_place = [iter(stream) for stream in streams], 0
    for first, rows, columns in places:
        lanes = []
        for r in range(rows):
            lanes.append(Lane(columns, parameters.rows[r].center))
            try:
                decode_row(r, lanes, parameters, maximum_high, streams, tiles.bound)
            except StopIteration:
                raise Refused(f"{place}: a class stream has too few symbols.") from None
        for r, lane in enumerate(lanes):
            for c, x in enumerate(lane.x):
                code = x + 32768
                if low_bits:
                    code = code << low_bits | bit_field(low, low_place, low_bits)
                    low_place += low_bits
                require(code <= maximum_code, f"{place}: the code {code} is above {maximum_code}.")
                values[first + r * tiles.columns + c] = sample_map.stored(code)
    require(all(next(stream, None) is None for stream in streams),
            f"{place}: a class stream has too many symbols.")


def decode_row(r, lanes, parameters, maximum_high, streams, bound):
    row, own = parameters.rows[r], lanes[r]
    top, shift = maximum_high - 32768, parameters.weight_shift
    half, fast, slow = 1 << shift >> 1, 0, 0

    def m(d):
        return min(abs(sat16(d)) >> parameters.error_shift, 4095)

    for t in range(own.columns):
        W, recent = own.X(t - 1), sum(own.E(t - k) for k in range(1, 5))
        activity = own.D(t - 1) + 2 * recent + sum(lanes[q].D(t + 2) for q, _, _ in row.references)
        bias, sets = row.sets[sum(activity >= threshold for threshold in row.thresholds)]
        total = bias + half
        for q, weights, level in sets:  # B 11.2
            if q is None:
                total += sum(w * (own.X(t - k) - W) for k, w in enumerate(weights, 2)) + level * (W - row.center)
            else:
                before = lanes[q].X(t - 1)
                total += sum(w * (lanes[q].X(t + k) - before) for k, w in weights)
                total += level * (before - parameters.rows[q].center)
        p = min(sat16(W + sat16(total >> shift)), top)
        q = lanes[row.references[0][0]] if row.references else None
        u = lanes[row.references[1][0]] if len(row.references) > 1 else None
        seventh = u.E(t - 1) + u.E(t) + u.E(t + 1) if u else q.E(t - 2) + q.E(t + 2) + q.E(t + 3) if q else 0
        terms = (own.E(t - 1), own.E(t - 2), recent, fast >> 2, slow >> 5, q.E(t) if q else 0,  # B 11.3
                 q.E(t - 1) + q.E(t + 1) if q else 0, seventh, m(p - W), m(W - own.X(t - 2)))
        s = parameters.constant + sum(w * term for w, term in zip(parameters.scale_weights, terms))
        d = next(streams[parameters.stream_of_class[raw_class(min(s, (1 << 24) - 1))]]) * (2 * bound + 1)
        x = max(-32768, min(p + d, top)) if bound else (p + d + 32768 & 65535) - 32768
        require(x <= top, f"The high code {x + 32768} is above {maximum_high}.")
        own.append(x, m(d))
        fast, slow = fast + m(d) - (fast >> 4), slow + m(d) - (slow >> 7)
