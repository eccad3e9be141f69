# SPDX-License-Identifier: Apache-2.0
"""Exact groups of signals, as in Spec/bitstream.md ("B"), section 11."""
from adaptive import AdaptiveDecoder, bits, divided, limited, mixed_hash, signed
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
        self.stream_count = f.varint("Stream_Count", 0, 97)
        # Numbers below 128: a byte each.
        self.stream_of_class = class_streams(f, self.stream_count) if self.stream_count else None
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
    if parameters.stream_count:
        residuals = Streams(f, parameters, count, place)
    else:
        residuals = AdaptiveSignals(f.bytes(f.varint("Adaptive_Bytes"), "residuals"), parameters, tiles.bound)
    low = f.bytes(count * low_bits + 7 >> 3, "low bits")
    f.end()

    low_place = 0
    for first, rows, columns in places:
        lanes = []
        residuals.begin_tile(columns)
        for r in range(rows):
            lanes.append(Lane(columns, parameters.rows[r].center))
            try:
                decode_row(r, lanes, parameters, maximum_high, residuals, tiles.bound)
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
    residuals.end(place)


class Streams:
    """Class streams."""

    def __init__(self, f, parameters, left, place):
        self.stream_of_class, streams = parameters.stream_of_class, []
        for i in range(parameters.stream_count):
            streams.append(read_stream(f, left, f"{place}, class stream {i}"))
            left -= len(streams[-1])
        require(left == 0, f"{place}: the class streams lack {left} symbols.")
        self.streams = [iter(stream) for stream in streams]

    def begin_tile(self, columns):
        pass

    def next(self, r, t, raw, *_):
        return next(self.streams[self.stream_of_class[raw]])

    def end(self, place):
        require(all(next(stream, None) is None for stream in self.streams),
                f"{place}: a class stream has too many symbols.")


class AdaptiveSignals(AdaptiveDecoder):
    """Adaptive residuals (B 11.4)."""

    def __init__(self, data, parameters, bound):
        super().__init__(data)
        self.parameters, self.step_bits = parameters, (2 * bound + 1).bit_length() - 1
        self.weights = [[0] * 24 for _ in parameters.rows]

    def begin_tile(self, columns):
        self.columns, self.residuals = columns, [[] for _ in self.parameters.rows]

    def residual(self, row, t):
        return self.residuals[row][t] if row is not None and 0 <= t < len(self.residuals[row]) else 0

    def next(self, r, t, raw, p, total, step):
        references = self.parameters.rows[r].references
        other, h = (references[0][0], 1) if references else (None, 0)
        features = [limited(self.residual(r, t - k), -511, 511) for k in range(1, 17)]
        features += [limited(self.residual(other, t + k), -511, 511) for k in range(-3, 5)]
        weights = self.weights[r]
        guess = sum(w * x for w, x in zip(weights, features)) >> 12
        shift = self.parameters.weight_shift
        part = total >> shift - 3 & 7 if shift > 3 else 0
        r1, r2, o = bits(self.residual(r, t - 1)), bits(self.residual(r, t - 2)), bits(self.residual(other, t))
        k = limited((raw - 1) // 4 - 9 + self.parameters.error_shift - self.step_bits, 0, 14) if raw else 0
        self.mixer = raw // 4
        self.contexts = [
            mixed_hash(raw + 128 * h, 1), mixed_hash(raw // 2 + 128 * h, (64 * r1 + r2) * 16 + 2),
            mixed_hash(p + 32768, raw // 6 * 16 + 3), mixed_hash(signed(guess), raw // 3 * 16 + 4),
            mixed_hash(2 * part + h, raw // 2 * 16 + 5), mixed_hash(64 * r1 + o, raw // 3 * 16 + 6),
            mixed_hash(step & (1 << 32) - 1, raw // 4 * 16 + 7),
            mixed_hash(signed(divided(guess, 4)), (64 * r1 + o) * 16 + 8)]
        residual = self.number(k)
        gain = divided(limited(16 * residual - guess, -32767, 32767) * 4096, 64 + sum(x * x for x in features))
        for i, x in enumerate(features):
            weights[i] = limited(weights[i] + (gain * x + 128 >> 8), -1 << 17, 1 << 17)
        self.residuals[r].append(residual)
        return residual


def decode_row(r, lanes, parameters, maximum_high, residuals, bound):
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
        raw = raw_class(min(s, (1 << 24) - 1))
        d = residuals.next(r, t, raw, p, total, W - own.X(t - 2)) * (2 * bound + 1)
        x = max(-32768, min(p + d, top)) if bound else (p + d + 32768 & 65535) - 32768
        require(x <= top, f"The high code {x + 32768} is above {maximum_high}.")
        own.append(x, m(d))
        fast, slow = fast + m(d) - (fast >> 4), slow + m(d) - (slow >> 7)
