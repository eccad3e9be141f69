# SPDX-License-Identifier: Apache-2.0
"""The samples of a lossy signal, as in Spec/signals.md ("S")."""
from types import SimpleNamespace

from bitstream import SampleMap, raw_class
from fields import Fields, Refused, bit_field, require
from latents import LOW_LIMIT, MAXIMUM_SCALE, wrapped
from model import SignalModel
from pyramid import Layout, lift, mirrored
from signal_residuals import SKIP, Adaptive, Streams

EIGHTHS = [65536, 71468, 77936, 84990, 92682, 101070, 110218, 120194]
BETWEEN = [(0, 128, 0, 0), (-9, 111, 29, -3), (-8, 72, 72, -8), (-3, 29, 111, -9)]


def limited(v, limit=1 << 28):
    return min(max(v, -limit), limit)


class Parameters:
    """PARM of a lossy signal (S 1)."""

    def __init__(self, f, part, model):
        exponent = f.get("u8", "Window_Exponent", 10, 24)
        self.window = 1 << exponent
        self.levels = f.get("u8", "Pyramid_Levels", 1, min(15, exponent))
        self.predicted = f.get("u8", "Predicted_Levels", 0, min(12, self.levels))
        chunk = f.get("u8", "Chunk_Exponent", self.predicted, 16)
        self.chunk = 1 << chunk
        self.fraction_bits = f.get("u8", "Fraction_Bits", 0, 8)
        quantizer = f.get("u8", "Quantizer", 0, 7)
        self.is_adaptive = quantizer & 4 == 4
        self.is_dependent = quantizer & 1 == 1
        common = Layout.step_number(f.get("u16", "Common_Step"))
        self.steps = [Layout.step_number(f.get("u16", "Low_Step"))] + [
            max(1, min(1 << 31, common * scale >> 16)) for scale in model.detail_scales]
        self.before = f.varint("Waveform_Before", 0, 16384)
        self.after = f.varint("Waveform_After", 0, 16384)
        self.segment = self.chunk << f.get("u8", "Segment_Exponent", 0, 24 - chunk) if quantizer & 2 else None
        self.leads, self.mixing = part.rows, None
        self.channels = f.varint("Channel_Count", 0, part.rows)
        if self.channels:
            bits = f.get("u8", "Weight_Bits", 4, 16)
            folded = [f.varint("Lead_Offset", 0, 1 << 17) for _ in range(self.leads)]
            offsets = [v // 2 if v % 2 == 0 else -(v + 1) // 2 for v in folded]
            data = f.bytes((self.leads * self.channels * bits + 7) // 8, "weights")
            fields = [bit_field(data, bits * i, bits) for i in range(self.leads * self.channels)]
            self.mixing = bits - 2, offsets, [v - (v >> bits - 1 << bits) for v in fields]
        else:
            self.channels = self.leads
        f.end()


def divided(count, levels):
    """The sizes of the details of each level (level 0: of the low band)."""
    sizes = [0]
    for _ in range(levels):
        sizes.append(count // 2)
        count -= count // 2
    sizes[0] = count
    return sizes


def analysis(line, levels, lifting):
    """The low band and the details of each level of a line (the inverse of B 7, synthesis)."""
    bands = [None]
    for _ in range(levels):
        n = len(line)
        if n > 1:
            columns = [[v] for v in line]
            for s in range(4):
                for r in range(1 - s % 2, n, 2):
                    total = 32768
                    for k, c in enumerate(lifting[s]):
                        total += c * wrapped(columns[mirrored(r - 2 * k - 1, n)][0] + columns[mirrored(r + 2 * k + 1, n)][0])
                    columns[r][0] = wrapped(columns[r][0] + (total >> 16))
            line = [v[0] for v in columns]
        bands.append(line[1::2])
        line = line[0::2]
    bands[0] = line
    return bands


def synthesis(bands, lifting, plane=0):
    line = bands[0]
    for level in range(len(bands) - 1, plane, -1):
        merged = [None] * (len(line) + len(bands[level]))
        merged[0::2], merged[1::2] = line, bands[level]
        if len(merged) > 1:
            columns = [[v] for v in merged]
            lift(columns, lifting)
            merged = [v[0] for v in columns]
        line = merged
    return line


def between(values, quarter):
    return sum(w * v for w, v in zip(BETWEEN[quarter], values)) + 64 >> 7


class Window:
    """A window in work (S 3 and 4)."""

    def __init__(self, parameters, model, count):
        self.p, self.model, self.count = parameters, model, count
        self.sizes = divided(count, parameters.levels)
        lines = range(parameters.channels)
        self.bands = [[[0] * size for size in self.sizes] for _ in lines]
        self.seen = [[[0] * size for size in self.sizes] for _ in lines]
        self.doubled, self.guesses = [[[0] * size for size in self.sizes] for _ in lines], {}
        self.state, self.events, self.shares, self.segments = 0, [], [], []
        length = parameters.before + parameters.after
        self.templates = [[[0] * (length + 8) for _ in lines] for _ in range(8)]
        self.learned = [0] * 8
        self.envelopes = [[[[0] * ((length >> level) + 4) for level in range(parameters.predicted + 1)]
                           for _ in lines] for _ in range(8)]

    def decode(self, group, place):
        p = self.p
        f = Fields(group.body, place)
        is_coarse, is_fine = group.last_level == p.levels, group.first_level == 0
        count = f.varint("Event_Count", 0, self.count) if is_fine and p.predicted else 0
        if count:
            self.shares = [None] + f.many("u8", p.predicted, "Share", 0, 32)
        if p.segment and p.predicted and is_fine:
            self.read_segments(f, place)
        latents = 2 * count + p.channels * (
            sum(self.sizes[group.first_level + 1:group.last_level + 1]) + (self.sizes[0] if is_coarse else 0))
        rest = SimpleNamespace(body=f.bytes(f.left(), "group"))
        streams = Adaptive(rest.body, self) if p.is_adaptive else Streams(rest, self.model, latents, place)
        try:
            self.read_events(streams, count, place)
            if is_coarse:
                for line in range(p.channels):
                    self.low_band(streams, line)
                for level in range(p.levels, p.predicted, -1):
                    for line in range(p.channels):
                        self.stretch(streams, line, level, 0, self.sizes[level], p.steps[level])
            if is_fine and p.predicted:
                self.fine(streams)
        except StopIteration:
            raise Refused(f"{place}: a class stream has too few symbols.") from None
        streams.end(place)

    def read_segments(self, f, place):
        """k of every segment."""
        segments = -(-self.count // self.p.segment)
        k = f.get("u8", "First_Step", 0, 255)
        self.segments = [k - (k >> 7 << 8)]
        changes = f.bytes(segments // 2, "steps")
        for i in range(segments - 1):
            change = bit_field(changes, 4 * i, 4)
            self.segments.append(self.segments[-1] + change - (change >> 3 << 4))
        require(all(-64 <= k <= 64 for k in self.segments), f"{place}: a step is out of range.")

    def step(self, level, column):
        """The step of a latent of a fine group in the chunk from this column on."""
        step = self.p.steps[level]
        if not self.segments:
            return step
        k = self.segments[column // self.p.segment]
        return max(1, min(1 << 31, step * EIGHTHS[k & 7] >> 16 - (k >> 3)))

    def read_events(self, streams, count, place):
        position, usual, d1, d2, kind, order = 0, 12 * self.p.before, 0, 0, 0, list(range(8))
        for _ in range(count):
            size_class = min(15, ((d1 + d2) // 2).bit_length())
            r = streams.time(size_class, d1, d2, kind)
            symbol = streams.symbol(size_class, kind)
            require(symbol <= SKIP and 0 <= usual + r and position + usual + r <= 4 * self.count,
                    f"{place}: an event is out of range.")
            position += usual + r
            half = usual // 2
            change = limited(r, half)
            usual += abs(change) // 4 * (1 if change > 0 else -1)
            d1, d2 = abs(r), d1
            kind = 0 if symbol == 0 else 1 if symbol == 1 else 2 if symbol < 8 else 3
            source = destination = None
            if symbol < 8:
                source = destination = order.pop(symbol)
                order.insert(0, destination)
            elif symbol < SKIP:
                source = order[symbol - 9] if symbol > 8 else None
                destination = order.pop()
                order.insert(0, destination)
            self.events.append(SimpleNamespace(position=position, symbol=symbol, source=source, destination=destination,
                                               opens=8 <= symbol < SKIP))
        following = None
        for event in reversed(self.events):
            if event.symbol == SKIP:
                continue
            r = event.position >> 2
            event.first = max(0, r - self.p.before)
            event.last = min(self.count, r + self.p.after, self.count if following is None else following)
            following = event.first
        self.events = [event for event in self.events if event.symbol != SKIP]

    def low_band(self, streams, line):
        q, residual = 0, 0
        if self.p.is_adaptive:
            streams.start_low()
        for t in range(self.sizes[0]):
            residual = streams.low_residual(residual)
            q = limited(q + residual, LOW_LIMIT)
            self.bands[line][0][t] = wrapped(q * self.p.steps[0] >> 8)

    def stretch(self, streams, line, level, first, last, step, predicted=None, expected=None, envelope=None):
        p, seen = self.p, self.seen

        def M(line, level, t):
            if not 0 <= line < p.channels or level > p.levels or not 0 <= t < self.sizes[level]:
                return 0
            return seen[line][level][t]

        weights, constant = self.model.rule(min(p.levels - level, 12), line)
        other = line - 1 if line > 0 else 1
        for t in range(first, last):
            half, quarter, near, far = t >> 1, t >> 2, (t >> 1) + (1 if t & 1 else -1), (t >> 1) - (1 if t & 1 else -1)
            i = t - first
            terms = [M(line, level, t - 1), M(line, level, t - 2), M(line, level, t - 3) + M(line, level, t - 4),
                     sum(M(line, level, t - k) for k in range(5, 13)), M(line, level + 1, half), M(line, level + 1, near),
                     M(line, level + 1, far), M(line, level + 2, quarter),
                     M(line, level + 2, quarter - 1) + M(line, level + 2, quarter + 1),
                     M(line - 1, level, t), M(line - 1, level, t - 1) + M(line - 1, level, t + 1),
                     M(other, level + 1, half), 0, 0, 0,
                     M(line - 2, level, t - 1) + 2 * M(line - 2, level, t) + M(line - 2, level, t + 1)]
            if expected:
                terms[12:15] = expected[i + 1], expected[i] + expected[i + 2], envelope[i]
            scale = min(constant + (sum(w * term for w, term in zip(weights, terms)) >> 1), MAXIMUM_SCALE)
            Q = self.state & 1
            number = 2 * raw_class(scale) + Q
            q = streams.latent(number, line, level, t, step, predicted[i] if predicted else None, *terms[12:13], terms[14])
            v = 2 * q - Q * ((q > 0) - (q < 0))
            if p.is_dependent:
                self.state = self.state >> 1 ^ (18 if Q else 0) ^ (4 if q & 1 else 0)
            unit = 32 * v + streams.centroid(number, q)
            value = min(1 << 27, abs(unit) * step >> 14) * (-1 if unit < 0 else 1)
            if predicted:
                value += limited(predicted[i] * self.shares[level] >> 4)
            seen[line][level][t] = min(abs(v), 255)
            self.bands[line][level][t] = value

    def value(self, template, position, column):
        """Of a template, at a column of the window."""
        f, u = position & 3, column - (position >> 2) + self.p.before + 4
        u -= 1 if f else 0
        if u < 1 or u + 2 >= len(template):
            return 0
        return between(template[u - 1:u + 3], 4 - f if f else 0)

    def fine(self, streams):
        p, n = self.p, self.count
        margin, waiting, lines = 4 << p.predicted, list(self.events), range(p.channels)
        for s in range(0, n, p.chunk):
            e = min(n, s + p.chunk)
            first, last = max(0, s - 2 * margin), min(n, e + margin)
            divisions = None
            if waiting:
                divisions = []
                for line in lines:
                    wave = [0] * (last - first)
                    for event in waiting:
                        if event.source is None or self.learned[event.source] == 0:
                            continue
                        for c in range(max(event.first, first), min(event.last, last)):
                            wave[c - first] = self.value(self.templates[event.source][line], event.position, c)
                    divisions.append(analysis(wave, p.predicted, self.model.lifting))
            for level in range(p.predicted, 0, -1):
                start, end, step = s >> level, self.sizes[level] if e == n else e >> level, self.step(level, s)
                for line in lines:
                    if divisions is None:
                        self.stretch(streams, line, level, start, end, step)
                        continue
                    details, base = divisions[line][level], first >> level
                    expected = [min(255, 512 * abs(details[t - base]) // step) if 0 <= t - base < len(details) else 0
                                for t in range(start - 1, end + 1)]
                    self.stretch(streams, line, level, start, end, step, details[start - base:end - base], expected,
                                 self.envelope(waiting, line, level, start, end))
            if not waiting:
                continue
            decoded = None
            while waiting and (e == n or (waiting[0].position >> 2) + p.after <= e):
                event = waiting.pop(0)
                if decoded is None:
                    decoded = [self.decoded(divisions[line], line, first, e) for line in lines]
                self.learn(event, first, decoded)

    def origin(self, event, level):
        return ((event.position >> 2) - self.p.before + (1 << level >> 1) >> level) - 1

    def envelope(self, waiting, line, level, start, end):
        found = [0] * (end - start)
        for event in waiting:
            if event.source is None:
                continue
            known, o = self.envelopes[event.source][line][level], self.origin(event, level)
            for t in range(max(start, event.first >> level, o), min(end, event.last >> level, o + len(known))):
                found[t - start] = known[t - o] >> 4
        return found

    def decoded(self, division, line, first, e):
        """What is known of a region after a chunk."""
        bands = [[0] * len(division[0])]
        for level in range(1, self.p.predicted + 1):
            end = self.sizes[level] if e == self.count else e >> level
            base = first >> level
            bands.append([self.bands[line][level][base + t] if base + t < end
                          else limited(v * self.shares[level] >> 4) for t, v in enumerate(division[level])])
        return synthesis(bands, self.model.lifting)

    def learn(self, event, region, decoded):
        slot = event.destination
        if event.first < region or event.last <= event.first:
            return
        k = 0 if event.opens else self.learned[slot]
        rate = 65536 // (k + 1) if k < 16 else 3932
        quarter, shift = event.position & 3, self.p.before + 4 - (event.position >> 2)
        for line in range(self.p.channels):
            template = self.templates[slot][line]
            columns = range(event.first, event.last)
            if event.opens:
                template[:] = [0] * len(template)
                difference = {c: limited(decoded[line][c - region]) for c in columns}
            else:
                difference = {c: limited(decoded[line][c - region] - self.value(template, event.position, c)) for c in columns}
            for c in columns:
                if not 0 <= c + shift < len(template):
                    continue
                v = between([difference.get(c + d, 0) for d in (-1, 0, 1, 2)], quarter)
                template[c + shift] = limited(template[c + shift] + (v * rate + 32768 >> 16))
            for level in range(1, self.p.predicted + 1):
                known, o = self.envelopes[slot][line][level], self.origin(event, level)
                if event.opens:
                    known[:] = [0] * len(known)
                for t in range(event.first >> level, min(event.last >> level, self.sizes[level])):
                    if not 0 <= t - o < len(known):
                        continue
                    now = self.seen[line][level][t] << 4
                    known[t - o] = now if event.opens else known[t - o] + ((now - known[t - o]) * 77 + 128 >> 8)
        self.learned[slot] = k + 1


def lead_values(parameters, lines, lead):
    if parameters.mixing is None:
        return lines[lead]
    shift, offsets, weights = parameters.mixing
    own = weights[lead * parameters.channels:(lead + 1) * parameters.channels]
    return [wrapped((sum(w * line[t] for w, line in zip(own, lines)) + (1 << shift - 1) >> shift)
                    + (offsets[lead] << parameters.fraction_bits)) for t in range(len(lines[0]))]


def decode_part(part, reduction=0, models=()):
    """The samples of a lossy signal in flat order, or of its reduction, and rows and columns."""
    place = f"Part {part.number}"
    require(part.bits <= 16 and part.frames == part.channels == 1 and part.rows <= 256, f"{place} is no such signal.")
    require(part.model is not None, f"{place} is lossy and has no model.")
    model = SignalModel(part.model, place, models)
    parameters = Parameters(part.parameters, part, model)
    sample_map = SampleMap(part.sample_map, part)
    require(sample_map.levels is None and sample_map.maximum_code <= 65535, f"{place} has a map of another kind.")
    require(reduction <= parameters.levels, f"{place} can be reduced {parameters.levels} times at most.")
    windows, groups = -(-part.columns // parameters.window), list(part.groups)
    rows = [[] for _ in range(part.rows)]
    bits, offset = parameters.fraction_bits, sample_map.maximum_code + 1 >> 1
    for number in range(windows):
        count = min(parameters.window, part.columns - number * parameters.window)
        window = Window(parameters, model, count)
        finest = parameters.levels
        while finest > 0:
            require(groups, f"{place}: groups are missing.")
            group = groups.pop(0)
            name = f"{place}, window {number}"
            allowed = [(0, finest)] + ([(parameters.predicted, finest)] if finest == parameters.levels else [])
            require(group.layer == 0 and (group.first_tile, group.tile_count) == (number, 1)
                    and (group.first_level, group.last_level) in allowed, f"{name} has other groups.")
            window.decode(group, name)
            finest = group.first_level
        lines = [synthesis(bands, model.lifting, reduction) for bands in window.bands]
        for lead in range(part.rows):
            for value in lead_values(parameters, lines, lead):
                if reduction:
                    code = (value * model.reduced_scales[reduction - 1] + (1 << bits + 15) >> bits + 16) + offset
                else:
                    code = (value + (1 << bits >> 1) >> bits) + offset
                rows[lead].append(sample_map.stored(min(max(code, 0), sample_map.maximum_code)))
    require(not groups, f"{place}: there are too many groups.")
    return [value for row in rows for value in row], (part.rows, len(rows[0]))
