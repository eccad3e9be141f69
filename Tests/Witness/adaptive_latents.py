# SPDX-License-Identifier: Apache-2.0
"""Adaptive latents of images, as in Spec/bitstream.md ("B"), section 9.1."""
import functools
import re
from pathlib import Path

from adaptive import AdaptiveDecoder, divided, limited, mixed_hash, signed, squash, steps
from fields import Fields

PHASES = [(0, 0), (1, 1), (0, 1), (1, 0)]
NEAR = [(0, -2), (-2, 0), (-2, -2), (-2, 2)]
BESIDE = [(0, -1), (0, 1), (-1, 0), (1, 0)]
CORNERS = [(-1, -1), (-1, 1), (1, -1), (1, 1)]
CLOSE = [NEAR, CORNERS, BESIDE, [(-1, 0), (1, 0), (0, -1), (0, 1)]]
WIDE = [BESIDE, NEAR, NEAR, CORNERS]  # of phase 0 around the parent
COUNTS = [1, 1, 2, 3, 48, 128, 128, 128, 320]
LIMITS = [1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 21, 27, 32, 48, 80]


@functools.lru_cache(maxsize=None)
def priors():
    """The table of Spec/priors.md."""
    text = (Path(__file__).resolve().parents[2] / "Spec" / "priors.md").read_text(encoding="utf-8")
    digits = re.search(r"^```\n([0-9a-f\n]*)```", text, re.MULTILINE).group(1)
    return [byte - 256 if byte > 127 else byte for byte in bytes.fromhex(digits.replace("\n", ""))]


def m(v):
    return sum(limit <= v for limit in LIMITS)


class AdaptiveLatents(AdaptiveDecoder):
    """The decoder of a group."""

    FIRST_WEIGHTS = [4000] + [750] * 7

    def __init__(self, group, model, place):
        f = Fields(group.body, place)
        changed = f.get("u16", "Changed_Sets")
        changes = [f.many("i8", 5, "Centroid_Change", -63, 63) if changed >> n & 1 else [0] * 5 for n in range(16)]
        super().__init__(f.bytes(f.left(), "the coder"))
        half = model.detail_class_count // 2
        self.centroids = [
            [min(max(known + change, -63), 63) for known, change in
             zip(model.centroids[c], changes[2 * (8 * (c // 2) // half) + c % 2])] for c in range(2 * half)]
        self.model, self.weights = model, {}
        if model.networks:
            for i, logit in enumerate(priors()):
                c, n = divmod(i, 9)
                self.slots[0][32 * c + n] = squash(16 * logit) << 6, 48

    def low_residual(self, _, a, raw):
        self.mixer = 27
        self.contexts = [mixed_hash(raw, 30), mixed_hash(raw // 3, 31)] + [mixed_hash(k, 29) for k in range(2, 8)]
        return self.number(max(0, a.bit_length() - 2))

    def details(self, level, V, P):
        return AdaptiveLevel(self, min(level, 4) - 1, V, P)

    def centroid(self, number, residual):
        return self.centroids[number][min(residual, 2) if residual >= 0 else 2 + min(-residual, 2)]


class AdaptiveLevel:
    """The residuals of the details of a level of a tile."""

    def __init__(self, decoder, kind, V, P):
        self.decoder, self.kind, self.V, self.P = decoder, kind, V, P

    def begin(self, band, phase, columns):
        self.band, self.phase, self.columns = band, phase, columns
        self.w = 3 * self.kind + band
        self.z = 4 * self.w + phase
        self.weights = self.decoder.weights.setdefault(self.z, [0] * 15)
        self.above = [0] * (columns + 2)  # F of the row above, from column -1 on

    def of(self, values, band, y, x):
        if values is None or not (0 <= y < values.rows and 0 <= x < values.columns):
            return 0
        value = values.bands[band][values.index(y, x)]
        return value if self.decoder.model.networks else abs(value)

    def row(self, y, contexts, quantizer, place):
        decoder, (row, column) = self.decoder, PHASES[self.phase]
        networks = decoder.model.networks
        F = [0] * (self.columns + 2)

        def Z(x, down=0):
            return self.of(self.V, self.band, y + 2 * down, 2 * x + column) if 0 <= x < self.columns else 0

        beside = corner = 0
        for start in range(0, self.columns, 16):
            stretch = range(start, min(self.columns, start + 16))
            S = 0
            for j in stretch:
                c, u, _ = contexts[j]
                if networks:
                    S += COUNTS[c // 16] if c // 16 < 9 and u == 0 else 4096
                else:
                    S += 1 << min(12, c // 8)
            is_sought = S <= 1024
            if is_sought:
                A = sum(abs(Z(j, -1)) for j in stretch)
                B = sum(abs(Z(j)) for j in range(max(0, start - 4), start))
                s, h, w, z = steps(S), 16 * m(A) + m(B), self.w, self.z
                decoder.mixer = w
                decoder.contexts = [
                    mixed_hash(s, 21), mixed_hash(s, 32 * z + 22), mixed_hash(s, 32 * h + 23),
                    mixed_hash(s // 2, 32 * (256 * z + h) + 24), mixed_hash(s, 32 * w + 25), mixed_hash(s // 4, 32 * h + 26),
                    mixed_hash(h, 32 * w + 27), mixed_hash(s, 32 * m(A + B) + 28)]
                if decoder.decide(13):
                    for j in stretch:
                        place(j, 0)
                    beside = corner = 0
                    continue
            for j in stretch:
                T = stretch.stop - j if is_sought else 0
                M = 2 * beside + 2 * self.above[j + 1] + self.above[j + 2] + corner
                residual, away = self.latent(y, 2 * j + column, contexts[j], quantizer(), T, M, (Z(j - 1), Z(j, -1)),
                                             functools.partial(place, j))
                beside = F[j + 1] = min(away, 255)
                corner = self.above[j + 1]
                if residual:
                    is_sought = False
        self.above = F

    def latent(self, y, x, context, Q, T, M, own, place):
        decoder, b, V, P = self.decoder, self.band, self.V, self.P
        (number, u, is_negative), parent = context, self.of(P, b, y >> 1, x >> 1)
        c, sign = number + Q, -1 if is_negative else 1
        close = [self.of(V, b, y + down, x + across) for down, across in CLOSE[self.phase]]
        if self.phase:
            wide = [self.of(V, b, y + down, x + across) for down, across in WIDE[self.phase]]
        else:
            wide = [self.of(P, b, (y >> 1) + down, (x >> 1) + across) for down, across in WIDE[0]]
        before = [self.of(V, other, y, x) if other < b else 0 for other in (0, 1)]
        features = [sign * limited(v, -20, 20) for v in close + wide + before + [parent, *own]] + [min(u, 20), 4]
        weights = self.weights
        G = sum(weight * feature for weight, feature in zip(weights, features)) >> 12
        C, W, D = (sum(map(abs, values)) for values in (close, wide, before))
        o = c // (16 if decoder.model.networks else 8)
        a, f, d = (32 * (2 * v + Q) + T for v in (o, self.w, m(abs(parent))))
        half = signed(divided(G, 2))
        decoder.mixer = 26 if T else 2 * min(o // 2, 12) + Q
        decoder.contexts = [
            32 * c << 15, mixed_hash(c, 32 * (32 * self.z + T) + 2), mixed_hash(m(C), 32 * a + 3),
            mixed_hash(16 * m(C) + m(W), 32 * d + 4), mixed_hash(16 * m(D) + m(C + W), 32 * f + 5),
            mixed_hash(m(M // 2), 32 * (32 * (2 * (c // 4) + Q) + T) + 6), mixed_hash(half, 32 * a + 7),
            mixed_hash(half, 32 * f + 8)]
        residual = decoder.index()
        away = place(residual) - 2 * u
        gain = divided(limited(16 * away - G, -128, 128) * 4096, 8 + sum(feature * feature for feature in features))
        for k, feature in enumerate(features):
            weights[k] = limited(weights[k] + (gain * feature + 128 >> 8), -1 << 20, 1 << 20)
        return residual, abs(away)
