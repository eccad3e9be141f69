#!/usr/bin/env python3
"""Prints the values that Tests/AEMetricsTests expects, from implementations that are not ours.

    python3 Tests/Reference/metrics.py

SSIM is scikit-image's (0.26.0). MS-SSIM, the foreground and the bright structures are written here with
NumPy and SciPy (2.4.6, 1.17.1) from the definitions in Sources/AEMetrics, by other means than there:
whole-image filters in place of running rows, labels in place of growth.
"""
from pathlib import Path

import numpy as np
from scipy import ndimage
from skimage.metrics import structural_similarity

ROOT = Path(__file__).resolve().parent.parent.parent
EXPONENTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]


def read_pgm(path: Path) -> np.ndarray:
    data = path.read_bytes()
    kind, columns, rows, maximum = data[:64].split()[:4]
    assert kind == b"P5" and int(maximum) > 255
    count = int(rows) * int(columns)
    return np.frombuffer(data[-2 * count:], ">u2").reshape(int(rows), int(columns)).astype(np.int64)


# What the tests call decoded images; the same rules stand in MetricImages.swift.

def coarse(x: np.ndarray) -> np.ndarray:
    return x // 64 * 64 + 32


def smooth(x: np.ndarray) -> np.ndarray:
    padded = np.pad(x, 1, mode="edge")
    rows, columns = x.shape
    return sum(padded[i:i + rows, j:j + columns] for i in range(3) for j in range(3)) // 9


def grainy(x: np.ndarray) -> np.ndarray:
    index = np.arange(x.size, dtype=np.int64).reshape(x.shape)
    return np.clip(x + index * 7919 // 256 % 201 - 100, 0, 4095)


def ssim(x, y, peak):
    return structural_similarity(
        x, y, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=peak)


def means(x, y, peak):
    taps = np.exp(-np.arange(-5, 6) ** 2 / (2 * 1.5 ** 2))
    window = np.outer(taps, taps) / taps.sum() ** 2

    def local(z):
        return ndimage.correlate(z, window)[5:-5, 5:-5]

    mx, my = local(x), local(y)
    vx, vy, cov = local(x * x) - mx * mx, local(y * y) - my * my, local(x * y) - mx * my
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    contrast = (2 * cov + c2) / (vx + vy + c2)
    return np.mean((2 * mx * my + c1) / (mx * mx + my * my + c1) * contrast), np.mean(contrast)


def halved(x):
    x = np.pad(x, ((0, x.shape[0] % 2), (0, x.shape[1] % 2)), mode="edge")
    return (x[::2, ::2] + x[1::2, ::2] + x[::2, 1::2] + x[1::2, 1::2]) / 4


def ms_ssim(x, y, peak):
    x, y = x.astype(float), y.astype(float)
    pairs = []
    while len(pairs) < 5 and min(x.shape) >= 11:
        pairs.append(means(x, y, peak))
        x, y = halved(x), halved(y)
    weights = EXPONENTS[:len(pairs)]
    total = 1 if len(pairs) == 5 else sum(weights)
    values = [contrast for _, contrast in pairs[:-1]] + [pairs[-1][0]]
    return np.prod([max(0, v) ** (w / total) for v, w in zip(values, weights)]), len(pairs)


def foreground(x):
    x = x.astype(float)
    ordered = np.sort(x.ravel()[::max(1, x.size >> 18)])
    tail = ordered.size // 200
    width = max(1, 0.02 * (ordered[-1 - tail] - ordered[tail]))
    local = ndimage.uniform_filter(x, 3)
    background = np.zeros(x.shape, bool)
    border = ndimage.distance_transform_cdt(np.pad(np.ones(x.shape), 1))[1:-1, 1:-1] == 1
    for rim_share, plane_share in [(0.15, 0.004), (0.15, 0.1), (0.15, 0.1)]:
        near = ndimage.binary_dilation(background, iterations=2)
        rim = (border | ndimage.binary_dilation(background, iterations=3)) & ~near
        values = np.sort(local[rim])
        held = np.searchsorted(values, values + width, side="right") - np.arange(values.size)
        start = values[np.argmax(held)]
        inside = (local >= start - width / 2) & (local <= start + 1.5 * width)
        below = ((local >= start - 2.5 * width) & (local < start - width / 2)).sum()
        above = ((local > start + 1.5 * width) & (local <= start + 3.5 * width)).sum()
        if held.max() < rim_share * values.size or inside.mean() < plane_share:
            break
        if background.any() and max(below, above) > inside.sum() / 4:
            break
        labels, _ = ndimage.label(inside & ~background)
        grown = np.isin(labels, np.setdiff1d(labels[rim & inside], [0]))
        background |= grown | near & ndimage.binary_dilation(grown, iterations=2)
    return ~background


def contrast_at(x, row, column):
    y, x_ = np.mgrid[-6:7, -6:7]
    distance = y * y + x_ * x_
    window = x[row - 6:row + 7, column - 6:column + 7]
    return x[row - 1:row + 2, column - 1:column + 2].mean() - window[(distance >= 16) & (distance <= 36)].mean()


def spots(x, mask):
    x = x.astype(float)
    response = ndimage.gaussian_filter(x, 1.2, radius=4, mode="nearest") - ndimage.gaussian_filter(
        x, 2.4, radius=8, mode="nearest")
    box = np.ones(65)

    def around(z):
        z = ndimage.correlate1d(z, box, axis=0, mode="constant")
        return ndimage.correlate1d(z, box, axis=1, mode="constant")

    noise = around(np.abs(response) * mask) / np.maximum(1, around(mask.astype(float))) * np.sqrt(np.pi / 2)
    largest = response == ndimage.maximum_filter(response, 7)
    whole = ndimage.binary_erosion(mask, np.ones((13, 13), bool))
    found = []
    for row, column in np.argwhere(largest & whole & (response > 0) & (response >= 5 * noise)):
        contrast = contrast_at(x, row, column)
        if contrast >= 5 * noise[row, column]:
            found.append((row, column, contrast))
    assert len(found) <= 256
    return found


def kept(places, y):
    shares = [min(max(contrast_at(y, row, column) / contrast, 0), 1) for row, column, contrast in places]
    return np.mean(shares), np.percentile(shares, 10)


def main() -> None:
    breast = read_pgm(ROOT / "Fixtures/breast/breast.pgm")
    small = breast[500:628, 740:836]
    view = breast[160:480, 560:960]
    mask = foreground(view)
    places = spots(view, mask)
    print("foreground", mask.sum(), "spots", len(places))
    for name, change in [("coarse", coarse), ("smooth", smooth), ("grainy", grainy)]:
        other = change(view)
        error = np.mean((view - other)[mask] ** 2.0)
        print(f"{name}: ssim {ssim(view, other, 4095):.15f} ms-ssim {ms_ssim(view, other, 4095)}")
        print(f"    foreground psnr {10 * np.log10(4095 ** 2 / error):.12f} kept {kept(places, other)}")
        print(f"    small: {ssim(small, change(small), 4095):.15f} {ms_ssim(small, change(small), 4095)}")


main()
