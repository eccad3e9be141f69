# SPDX-License-Identifier: Apache-2.0
"""Where the residuals of a lossy signal come from, as in Spec/signals.md ("S"): class streams, or decisions (S 8)."""
from adaptive import AdaptiveDecoder, bits, divided, limited, mixed_hash, signed
from bitstream import raw_class
from latents import MAXIMUM_SCALE, LatentGroup

FIRST_LOW, FIRST_TIME, FIRST_SYMBOL, SKIP = 194, 291, 307, 17
NO_PHASE = 65535


def reach(magnitude):
    """One of ten ranges of a magnitude."""
    return sum(magnitude >= edge for edge in (1, 2, 3, 4, 6, 9, 14, 24, 48))


def fifth(v):
    return 4 if v > 3 else 3 if v > 0 else 0 if v < -3 else 1 if v < 0 else 2


class Streams(LatentGroup):
    """Class streams (B 9)."""

    def time(self, size_class, d1, d2, kind):
        return self.next(FIRST_TIME + size_class)

    def symbol(self, size_class, kind):
        residual = self.next(FIRST_SYMBOL + kind)
        return 2 * residual if residual >= 0 else -2 * residual - 1

    def low_residual(self, before):
        a = 2 * abs(before)
        return self.next(FIRST_LOW + raw_class(2048 * a + 1024 if a < 4000 else MAXIMUM_SCALE))

    def latent(self, number, *_):
        return self.next(number)


class Adaptive(AdaptiveDecoder):
    """Decisions (S 8). Values and weights that guesses are made with are those of the window."""

    def __init__(self, data, window):
        super().__init__(data)
        self.window = window
        self.differences, self.symbols = [0, 0], [0, 0, 0]  # of events before, the last one first

    def time(self, size_class, d1, d2, kind):
        last, second = self.differences
        T = size_class
        self.mixer = 24
        self.contexts = [
            mixed_hash(T, 11), mixed_hash(bits(last), 32 * T + 12), mixed_hash(bits(d1), 32 * bits(d2) + 13),
            mixed_hash(kind, 32 * T + 14), mixed_hash(self.symbols[0], 15), mixed_hash(bits(last), 32 * bits(second) + 16),
            mixed_hash(bits(d1), 32 * kind + 17), mixed_hash(signed(last), 32 * T + 18)]
        r = self.number(max(0, T - 2))
        self.differences = [r, last]
        return r

    def symbol(self, size_class, kind):
        (r, last), (a, b, c) = self.differences, self.symbols
        self.mixer = 25
        self.contexts = [
            mixed_hash(kind, 21), mixed_hash(a, 22), mixed_hash(18 * a + b, 23), mixed_hash(bits(r), 32 * kind + 24),
            mixed_hash(size_class, 32 * kind + 25), mixed_hash(bits(r), 32 * bits(last) + 26),
            mixed_hash(a, 32 * bits(r) + 27), mixed_hash(18 * a + b, 32 * c + 28)]
        symbol = 0
        while symbol < SKIP and not self.decide(symbol):
            symbol += 1
        self.symbols = [symbol, a, b]
        return symbol

    def start_low(self):
        self.lows = [0, 0]

    def low_residual(self, before):
        last, second = self.lows
        size = abs(last).bit_length()
        self.mixer = 26
        self.contexts = [mixed_hash(size, 30), mixed_hash(bits(last), 32 * bits(second) + 31)] + [
            mixed_hash(k, 29) for k in range(2, 8)]
        r = self.number(max(0, size - 2))
        self.lows = [r, last]
        return r

    def latent(self, number, line, level, t, step, predicted, expected, envelope):
        """The residual at a place of a band; `predicted` is the detail that is predicted there, or None."""
        window = self.window
        values = window.doubled

        def V(i, l, place):
            if not 0 <= i < window.p.channels or l > window.p.levels or not 0 <= place < window.sizes[l]:
                return 0
            return values[i][l][place]

        side = 1 if t & 1 else -1
        quarters = 0
        if predicted is not None:
            quarters = limited((1 if predicted > 0 else -1) * (1024 * abs(predicted) // step), -255, 255)
        p = t >> 1
        own = [V(line, level, t - k) for k in range(1, 5)]
        other = [V(line - 1, level, t + k) for k in (0, -1, 1)]
        parents = [V(line, level + 1, p + k) for k in (0, side, -side)]
        grandparent = V(line, level + 2, t >> 2)
        features = own + other + parents + [
            grandparent if t & 2 else -grandparent, V(line - 1 if line else 1, level + 1, p),
            limited(divided(quarters, 2), -20, 20)]
        weights = window.guesses.setdefault((line, level, t & 1), [0] * 13)
        guess = sum(w * x for w, x in zip(weights, features)) >> 12
        g = signed(divided(guess, 2))
        phase = class_phase = NO_PHASE
        if level <= window.p.predicted:
            starts = [event.first for event in window.events if event.first <= t << level]
            if starts:
                since = (t << level) - starts[-1]
                phase, class_phase = since >> max(2, level), since >> max(3, level)
        raw, Q, row = number >> 1, number & 1, int(line > 0)
        coarse, place = raw // 2 * 2 + Q, 2 * (2 * level + row) + Q
        seen = window.seen[line][level + 1][p] if level < window.p.levels and p < window.sizes[level + 1] else 0
        sign = (quarters > 0) - (quarters < 0) + 1
        self.mixer = 2 * (min(level, 12) - 1) + row
        self.contexts = [
            mixed_hash(number, 1),
            mixed_hash(10 * reach(envelope) + reach(expected), (2 * reach(seen) + Q) * 32 + 2),
            mixed_hash(3 * reach(abs(quarters)) + sign, 32 * coarse + 3), mixed_hash(phase, 32 * place + 4),
            mixed_hash(class_phase, 32 * coarse + 5),
            mixed_hash((5 * fifth(own[0]) + fifth(parents[0])) * 5 + fifth(other[0]), (2 * place + (t & 1)) * 32 + 6),
            mixed_hash(g, 32 * coarse + 7), mixed_hash(g, 32 * place + 8)]
        q = self.index()
        v = 2 * q - Q * ((q > 0) - (q < 0))
        missed, energy = limited(16 * v - guess, -128, 128), 8 + sum(x * x for x in features)
        gain = divided(missed * 65536, energy)
        for k, x in enumerate(features):
            weights[k] = limited(weights[k] + (gain * x + 128 >> 8), -1 << 20, 1 << 20)
        values[line][level][t] = limited(v, -20, 20)
        return q

    def centroid(self, number, residual):
        return self.window.model.centroids[number][min(residual, 2) if residual >= 0 else 2 + min(-residual, 2)]
