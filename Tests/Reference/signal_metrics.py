#!/usr/bin/env python3
"""What numpy makes of the signals of Tests/AEMetricsTests/SignalMetricsTests.swift; prints its expectations."""
import numpy as np


def made(seed, count):
    """Integers 0 to 255 by the generator of Knuth's MMIX, its upper bits."""
    values, state = [], seed
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        values.append(state >> 56)
    return np.array(values)


def prd(error, values):
    return 100 * np.sqrt((error.astype(float) ** 2).sum() / (values.astype(float) ** 2).sum())


original = np.stack([1024 + made(1, 3000) - 128, 900 + 3 * made(2, 3000)])
decoded = np.stack([original[0] + made(3, 3000) % 9 - 4, original[1] + made(4, 3000) % 17 - 8])
error = original - decoded
centered = original - original.mean(axis=1, keepdims=True)
print("prd", prd(error, original))
print("prd without 1024", prd(error, original - 1024))
print("prdn", prd(error, centered))
print("prdn of rows", [prd(error[i], centered[i]) for i in range(2)])
print("rmse", np.sqrt((error**2).mean()), "maximum", np.abs(error).max())
scales = np.array([[5.0], [2.5]])
print("rmse in physical units", np.sqrt(((error * scales) ** 2).mean()), "maximum", np.abs(error * scales).max())

windows = []
for start in range(0, 3000, 700):
    stop = min(3000, start + 700)
    if 2 * (stop - start) >= 700:
        part = original[:, start:stop]
        windows.append(prd(error[:, start:stop], part - part.mean(axis=1, keepdims=True)))
print("windows", windows)
print("summary", np.median(windows), np.percentile(windows, 95), max(windows))

beats = np.array([40, 330, 651, 900, 1290, 1577])
intervals = np.diff(beats) / 360 * 1000
print("rmssd", np.sqrt((np.diff(intervals) ** 2).mean()))
