# SPDX-License-Identifier: Apache-2.0
"""Model files, as in Spec/model.md ("M")."""
import hashlib
from pathlib import Path

from fields import Fields, require


class Model:
    """M: a model file, found by its identity (C 4.3)."""

    def __init__(self, identity, place):
        folder = Path(__file__).resolve().parents[2] / "Models"
        files = (path.read_bytes() for path in sorted(folder.glob("*.aem")))
        data = next((data for data in files if hashlib.sha256(data).digest()[:16] == identity), None)
        require(data is not None, f"{place}: the model whose SHA-256 starts with {identity.hex()} is missing.")
        f = Fields(data, f"{place}, model")
        require(f.bytes(8, "signature") == b"\x8aAEM\r\n\x1a\n", f"{f.place}: this is no model file.")
        f.get("u16", "Model_Version", 2, 2)
        pairs = f.get("u8", "Pair_Count", 1, 4)
        self.lifting = [f.many("i32", pairs, "Lifting", -(1 << 17), 1 << 17) for _ in range(4)]
        require(all(sum(map(abs, step)) <= 1 << 17 for step in self.lifting), f"{f.place}: a step is too steep.")
        self.band_scales = f.many("u32", 24, "Band_Scale", 0, 1 << 20)
        self.reduced_scales = f.many("u32", 6, "Reduced_Scale", 0, 1 << 20)
        self.weights = f.many("u16", 432, "Weight")
        f.end()

    def band_scale(self, level, band):
        """What a common step is multiplied by; band 0 is the low band, then the three details."""
        return self.band_scales[4 * (level - 1) + band]

    def rule(self, level, band, phase):
        """The eight weights and the constant of a scale."""
        first = (((min(level, 4) - 1) * 3 + band) * 4 + phase) * 9
        return self.weights[first:first + 8], self.weights[first + 8]
