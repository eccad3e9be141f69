# SPDX-License-Identifier: Apache-2.0
"""Model files, as in Spec/model.md ("M")."""
import hashlib
from pathlib import Path

from fields import Fields, require
from network import Network

LOW_CLASSES = 97


class Model:
    """M: a model file, found by its identity (C 4.3) among those built in and some others."""

    def __init__(self, identity, place, others=()):
        f = self.opened(identity, place, others, 3)
        self.band_scales = f.many("u32", 24, "Band_Scale", 0, 1 << 20)
        self.reduced_scales = f.many("u32", 6, "Reduced_Scale", 0, 1 << 20)
        self.weights, self.networks = [], []
        if f.get("u8", "Rule", 0, 1) == 0:
            self.weights = f.many("u16", 432, "Weight")
        else:
            self.networks = [Network(f) for _ in range(4)]
        self.detail_class_count = 512 if self.networks else 194
        self.class_count = self.detail_class_count + LOW_CLASSES
        self.read_classes(f)
        f.end()

    def opened(self, identity, place, others, version):
        """The file behind its version, whose lifting is read."""
        folder = Path(__file__).resolve().parents[2] / "Models"
        files = (path.read_bytes() for path in [*sorted(folder.glob("*.aem")), *others])
        data = next((data for data in files if hashlib.sha256(data).digest()[:16] == identity), None)
        require(data is not None, f"{place}: the model whose SHA-256 starts with {identity.hex()} is missing.")
        f = Fields(data, f"{place}, model")
        require(f.bytes(8, "signature") == b"\x8aAEM\r\n\x1a\n", f"{f.place}: this is no model file.")
        f.get("u16", "Model_Version", version, version)
        pairs = f.get("u8", "Pair_Count", 1, 4)
        self.lifting = [f.many("i32", pairs, "Lifting", -(1 << 17), 1 << 17) for _ in range(4)]
        require(all(sum(map(abs, step)) <= 1 << 17 for step in self.lifting), f"{f.place}: a step is too steep.")
        return f

    def read_classes(self, f):
        self.nodes = [tuple(f.many("u16", 2, "Node")) for _ in range(self.class_count - 1)]
        require(all(child < self.class_count + number for number, node in enumerate(self.nodes) for child in node),
                f"{f.place}: a child in the class tree does not come before its parent.")
        require(len({child for node in self.nodes for child in node}) == 2 * len(self.nodes),
                f"{f.place}: a node of the class tree has two parents.")
        self.centroids = [f.many("i8", 5, "Centroid", -63, 63) for _ in range(self.detail_class_count)]

    def band_scale(self, level, band):
        """What a common step is multiplied by; band 0 is the low band, then the three details."""
        return self.band_scales[4 * (level - 1) + band]

    def rule(self, level, band, phase):
        """The eight weights and the constant of a scale."""
        first = (((min(level, 4) - 1) * 3 + band) * 4 + phase) * 9
        return self.weights[first:first + 8], self.weights[first + 8]

    def network(self, level):
        return self.networks[min(level, 4) - 1]

    def children(self, node):
        """Of a node of the class tree; None if it is a class."""
        return self.nodes[node - self.class_count] if node >= self.class_count else None

    def classes(self, node):
        """Those below a node, or itself."""
        found, open_nodes = [], [node]
        while open_nodes:
            node = open_nodes.pop()
            if node < self.class_count:
                found.append(node)
            else:
                open_nodes += self.children(node)
        return found


class SignalModel(Model):
    """A model of signals (Spec/signals.md, section 7)."""

    def __init__(self, identity, place, others=()):
        f = self.opened(identity, place, others, 4)
        f.many("u32", 15, "Low_Scale", 0, 1 << 20)
        self.detail_scales = f.many("u32", 15, "Detail_Scale", 0, 1 << 20)
        self.reduced_scales = f.many("u32", 15, "Reduced_Scale", 0, 1 << 20)
        self.weights = f.many("u16", 442, "Weight")
        self.detail_class_count = 194
        self.class_count = self.detail_class_count + LOW_CLASSES + 20
        self.read_classes(f)
        f.end()

    def rule(self, kind, line):
        """The sixteen weights and the constant of a scale."""
        first = (2 * kind + (line > 0)) * 17
        return self.weights[first:first + 16], self.weights[first + 16]
