# SPDX-License-Identifier: Apache-2.0
"""Context networks, as in Spec/network.md ("N"): classes and means, place by place."""
import re
import struct
import sys
from pathlib import Path

from fields import Fields, Refused, require

LARGEST = (1 << 31) - 1


def companding():
    """The table of N 2."""
    text = (Path(__file__).resolve().parents[2] / "Spec" / "network.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| ([\d ]+) \|$", text, re.MULTILINE)
    table = [int(entry) for first, entries in rows if int(first) % 16 == 0 for entry in entries.split()]
    require(len(table) >= 256, "Spec/network.md has no table of companded values.")
    return table[:256]


class Layer:
    """N 3 and 5: `point` and `square` are the numbers of its input channels."""

    def __init__(self, f, kind, outputs, point=0, square=0):
        self.kind, self.outputs, self.point = kind, outputs, point
        self.inputs = point + 9 * square
        linear = kind == "linear"
        self.biases = [0] * outputs if linear else f.many("i32", outputs, "Bias")
        self.shifts = f.many("u8", outputs, "Shift", 0, 24)
        limit = 32767 if linear else 127
        weights = f.many("i16" if linear else "i8", outputs * self.inputs, "Weight", -limit, limit)
        self.weights = [weights[o * self.inputs:(o + 1) * self.inputs] for o in range(outputs)]
        self.limits = []
        for bias, shift, weights in zip(self.biases, self.shifts, self.weights):
            limit = abs(bias) + (255 if linear else 127) * sum(map(abs, weights)) + (1 << shift >> 1)
            require(limit <= LARGEST, f"{f.place}: sums of a layer may leave 32 bits.")
            self.limits.append(-(-limit >> shift))

    def __call__(self, channels):
        rows, columns = len(channels[0]), len(channels[0][0])
        result = [[[0] * columns for _ in range(rows)] for _ in range(self.outputs)]
        for y in range(rows):
            for x in range(columns):
                around = [(y + r, x + c) for r in (-1, 0, 1) for c in (-1, 0, 1)]
                inputs = [channel[y][x] for channel in channels[:self.point]]
                for channel in channels[self.point:]:
                    inputs += [channel[r][c] if 0 <= r < rows and 0 <= c < columns else 0 for r, c in around]
                for o in range(self.outputs):
                    total = self.biases[o] + sum(map(int.__mul__, self.weights[o], inputs))
                    value = total + (1 << self.shifts[o] >> 1) >> self.shifts[o]
                    result[o][y][x] = min(max(value, 0), 127) if self.kind == "activation" else value
        return result


class Network:
    """N 5: the networks of one level kind."""

    def __init__(self, f):
        self.t, self.h = (f.get("u8", name, 4, 64) for name in ("Trunk_Width", "Head_Width"))
        require(self.t % 4 == 0 and self.h % 4 == 0, f"{f.place}: a width is no multiple of 4.")
        self.trunk = [Layer(f, "activation", self.t, square=9), Layer(f, "activation", self.t, square=self.t)]
        self.heads = []
        for p in range(4):
            head = (Layer(f, "activation", self.h, point=self.t, square=6 * p),
                    Layer(f, "activation", self.h, point=self.h),
                    Layer(f, "output", 6, point=self.h), Layer(f, "linear", 3, square=3 * (p + 1)))
            require(all(o + l <= LARGEST for o, l in zip(head[2].limits, head[3].limits)),
                    f"{f.place}: a mean may leave 32 bits.")
            self.heads.append(head)
        self.table = companding()

    def parts(self, plane):
        return [[[self.table[max(sign * v, 0)] for v in row] for row in plane] for sign in (1, -1)]

    def begin(self, parents, grandparents):
        """What the phases of a level need, of three planes each, of the phase grid and of half of it: the parents
        and the outputs of the trunk."""
        rows, columns = len(parents[0]), len(parents[0][0])
        channels = [part for plane in parents for part in self.parts(plane)]
        channels += [[[self.table[abs(plane[y >> 1][x >> 1])] for x in range(columns)] for y in range(rows)]
                     for plane in grandparents]
        return parents, self.trunk[1](self.trunk[0](channels))

    def phase(self, p, state, earlier):
        """By band and place: the class for the first quantiser, whether the mean is negative, and the rounded
        mean; `state` is what `begin` gave, `earlier` are the planes of the phases before."""
        parents, features = state
        a, b, o, linear = self.heads[p]
        parts = [part for plane in earlier for part in self.parts(plane)]
        outputs, added = o(b(a(features + parts))), linear(parents + earlier)
        for band in range(3):
            yield [[self.context(m + l, s) for m, l, s in zip(*rows)]
                   for rows in zip(outputs[band], added[band], outputs[3 + band])]

    @staticmethod
    def context(mean, scale):
        """N 4."""
        mean = min(max(mean, -32767), 32767)
        size = abs(mean)
        rounded = size + 32 >> 6
        fraction = size - 64 * rounded
        if size < 32:
            bucket = (size >= 3) + (size >= 8) + (size >= 16)
        else:
            bucket = 4 + (fraction >= -16) + (fraction >= 0) + (fraction >= 16)
        return 16 * min(max(scale, 0), 31) + 2 * bucket, mean < 0, rounded


def main(arguments):
    """`network.py FILE`: i32 rows, columns, level kind (0...3) of a case, the section of networks, doubled
    values as i16 (parents, grandparents, phases; planes row by row). Prints a line for every phase, band and
    row: class,mean (twice the rounded mean, plus 1 if negative) of every place."""
    f = Fields(Path(arguments[0]).read_bytes(), "case")
    rows, columns, kind = f.many("i32", 3, "size", 0, 1 << 16)
    networks = [Network(f) for _ in range(4)]

    def plane(rows, columns):
        return [f.many("i16", columns, "doubled value", -255, 255) for _ in range(rows)]

    parents = [plane(rows, columns) for _ in range(3)]
    grandparents = [plane(rows + 1 >> 1, columns + 1 >> 1) for _ in range(3)]
    phases = [plane(rows, columns) for _ in range(12)]
    f.end()
    state = networks[kind].begin(parents, grandparents)
    for p in range(4):
        for band in networks[kind].phase(p, state, phases[:3 * p]):
            for row in band:
                print(" ".join(f"{number},{2 * mean + negative}" for number, negative, mean in row))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (Refused, OSError, struct.error) as error:
        sys.exit(str(error))
