# SPDX-License-Identifier: Apache-2.0
"""Adaptive residuals, as in Spec/bitstream.md ("B"), section 4.7."""
from fields import require

# the places of M and of the errors that an error is guessed from, and of the samples: row, column
AROUND = [(0, -1), (-1, 0), (-1, -1), (-1, 1), (0, -2), (-2, 0), (-1, -2), (-1, 2), (-2, -1), (-2, 1), (-2, -2), (-2, 2)]
NEAR = [(0, -1), (-1, 0), (-1, -1), (-1, 1), (0, -2), (-2, 0), (-1, -2), (-1, 2), (-2, -1), (-2, 1)]
ANCHORS = [22, 36, 60, 98, 162, 267, 439, 720, 1179, 1921, 3108, 4971, 7812, 11955, 17625, 24743, 32768, 40793, 47911,
           53581, 57724, 60565, 62428, 63615, 64357, 64816, 65097, 65269, 65374, 65438, 65476, 65500, 65514]
MASK = (1 << 32) - 1


def limited(v, low, high):
    return low if v < low else high if v > high else v


def divided(a, b):
    """a / b, rounded towards zero; b is above 0."""
    return a // b if a >= 0 else -(-a // b)


def squash(x):
    a, b = divmod(limited(x, -2047, 2047) + 2048, 128)
    return ANCHORS[a] * (128 - b) + ANCHORS[a + 1] * b >> 7


def stretch_table():
    table, x = [], -2047
    for i in range(4096):
        while x < 2047 and squash(x) < 16 * i + 8:
            x += 1
        table.append(x)
    return table


STRETCH = stretch_table()


def mixed_hash(a, b):
    x = (a * 0x9E3779B1 ^ (b + 0x7F4A7C15 & MASK) * 0x85EBCA6B) & MASK
    x = (x ^ x >> 15) * 0x2C1B3C6D & MASK
    return x ^ x >> 13


def steps(v):
    if v == 0:
        return 0
    e = v.bit_length() - 1
    return 1 + 4 * e + (4 * v >> e & 3)


def signed(v):
    return 100 - steps(-v) if v < 0 else 100 + steps(v)


def bits(v):
    return 32 - (-v).bit_length() if v < 0 else 32 + v.bit_length()


class AdaptiveDecoder:
    """An arithmetic decoder whose probabilities learn."""

    FIRST_WEIGHTS = [3277] + [1229] * 7  # of every mixer

    def __init__(self, data):
        self.data, self.taken, self.shifts = data, 0, 0
        self.low, self.high, self.code = 0, MASK, 0
        for _ in range(4):
            self.code = self.code << 8 | self.byte()
        self.slots = [{} for _ in range(8)]  # probability and count by number
        self.mixers = {}  # weights by mixer and node
        self.mixer, self.contexts = 0, []  # of what is decided next

    def byte(self):
        self.taken += 1
        return self.data[self.taken - 1] if self.taken <= len(self.data) else 0

    def index(self):
        """The decisions of an index of a latent (Spec/signals.md, section 8)."""
        if self.decide(0):
            return 0
        is_negative, size = self.decide(1), 1
        while size < 8 and not self.decide(1 + size):
            size += 1
        if size == 8:
            e = 0
            while e < 15 and not self.decide(9 + min(e, 3)):
                e += 1
            size = 7 + (1 << e | self.plain(e))
        return ((-size if is_negative else size) + 32768 & 65535) - 32768

    def end(self, place):
        require(self.is_read(), f"{place}: the bytes of the coder are not as many as were needed.")

    def is_read(self):
        return self.shifts < len(self.data) <= self.shifts + 4

    def divide(self, probability):
        middle = self.low + ((self.high - self.low) * probability >> 16)
        bit = self.code <= middle
        if bit:
            self.high = middle
        else:
            self.low = middle + 1
        while self.low >> 24 == self.high >> 24:
            self.low, self.high = self.low << 8 & MASK, (self.high << 8 | 255) & MASK
            self.code = (self.code << 8 | self.byte()) & MASK
            self.shifts += 1
        return int(bit)

    def decide(self, node):
        weights = self.mixers.setdefault((self.mixer, node), list(self.FIRST_WEIGHTS))
        places = [context >> 15 & ~31 | node for context in self.contexts]
        slots = [slots.get(place, (1 << 21, 0)) for slots, place in zip(self.slots, places)]
        logits = [STRETCH[p >> 10] for p, _ in slots]
        probability = squash(sum(w * x for w, x in zip(weights, logits)) >> 13)
        bit = self.divide(probability)
        error = (bit << 16) - probability >> 1
        for i, ((p, n), logit) in enumerate(zip(slots, logits)):
            weights[i] = limited(weights[i] + (logit * error + 65536 >> 17), -32768, 32767)
            goal = (1 << 22) - 1 if bit else 0
            p += (goal - p >> 7) * (655360 // (10 * n + 16)) >> 9
            self.slots[i][places[i]] = p, min(n + 1, 400)
        return bit

    def plain(self, count):
        value = 0
        for _ in range(count):
            value = 2 * value + self.divide(32768)
        return value

    def number(self, k):
        """A sign and a size, of which k low bits are apart."""
        sign = self.decide(0)
        first = 16 * sign
        q = 0
        while q < 6 and not self.decide(first + 1 + q):
            q += 1
        if q == 6:
            e = 0
            while e < 15 and not self.decide(first + 7 + min(e, 3)):
                e += 1
            z = 1
            if e > 0:
                z = 2 + self.decide(first + 11)
                z = z << e - 1 | self.plain(e - 1)
            q = 5 + z
        m = q
        if k > 0:
            top = self.decide(first + 12 + (q > 0))
            m = 2 * m + top
            if k > 1:
                m = 2 * m + self.decide(first + 14 + top)
                m = m << k - 2 | self.plain(k - 2)
        return ((-m - 1 if sign else m) + 32768 & 65535) - 32768


class AdaptiveCoder(AdaptiveDecoder):
    """The decoder of a group of an image."""

    def __init__(self, data, error_shift, weight_shift, bound):
        super().__init__(data)
        self.error_shift, self.weight_shift = error_shift, weight_shift
        self.step_bits = (2 * bound + 1).bit_length() - 1
        self.corrections = {}  # weights for errors by label

    def begin_tile(self, columns):
        self.columns = columns
        groups = (columns + 3) // 4
        self.sums = [[[0] * 11 for _ in range(10)] for _ in range(groups)]
        self.weights = [[0] * 10 for _ in range(groups)]

    def residual(self, raw, label, value, west, fraction, around, errors, differences, column):
        """The next residual of the sample in a column, from what the specification names c, g, V, W, F and so on."""
        self.mixer, self.errors, self.differences = raw // 4, errors, differences
        octave = (raw - 1) // 4 - 9 if raw else -9
        k = limited(octave + self.error_shift - self.step_bits, 0, 14) if raw else 0
        lean = limited(around >> 2 + max(octave, 0), -4, 4) + 4
        part = (fraction >> self.weight_shift - 2) + 2 if self.weight_shift > 2 else 2
        size = sum(map(abs, errors)) + sum(map(abs, errors[:4]))
        correction = self.corrections.setdefault(label, [0] * 12)
        self.foretold = sum(w * e for w, e in zip(correction, errors)) >> 9
        guess = sum(v * d for v, d in zip(self.weights[column // 4], differences)) >> 8
        guess = limited(guess, -65535, 65535)
        self.contexts = [
            mixed_hash(raw, 1), mixed_hash(raw // 2, (4 * lean + part) * 8 + 2), mixed_hash(value, raw // 6 * 8 + 3),
            mixed_hash(bits(guess) * 128 + steps(size), 8 * k + 4), mixed_hash(signed(self.foretold), raw // 3 * 8 + 7),
            mixed_hash(value, 8 * west + 6), mixed_hash(steps(size), 8 * k + 5), mixed_hash(signed(guess), raw // 3 * 8)]
        return self.number(k)

    def learn(self, label, error, column):
        """What follows from the error of the residual."""
        correction, energy = self.corrections[label], 1 + sum(e * e for e in self.errors)
        gain = divided((16 * error - self.foretold) << 17, energy)
        for k, e in enumerate(self.errors):
            correction[k] = limited(correction[k] + (gain * e + 8192 >> 14), -32768, 32767)
        number = column // 4
        own, factors = self.sums[number], self.differences + [error]
        for k in range(10):
            for j in range(11):
                own[k][j] += factors[k] * factors[j]
        if column % 4 != 3 and column != self.columns - 1:
            return
        near = self.sums[max(0, number - 1):number + 2]
        total = [[sum(sums[k][j] for sums in near) for j in range(11)] for k in range(10)]
        weights = self.weights[number]
        for _ in range(2):
            for k, row in enumerate(total):
                rest = 4096 * row[10] - sum(row[j] * weights[j] for j in range(10) if j != k)
                weights[k] = limited(divided(rest, row[k] + (row[k] >> 7) + 64), -16383, 16383)
        for row in own:
            row[:] = [s - (s >> 2) for s in row]
