# SPDX-License-Identifier: Apache-2.0
"""The base of a lossless part, as in Spec/bitstream.md, section 10."""
import copy

from bitstream import sat16
from fields import Fields
from pyramid import decode_codes


def base_codes(part, tiles, maximum_code, reduction, models):
    """The codes of the base of a lossless part, reduced so many times, and its rows and columns."""
    base = copy.copy(part)
    base.rows, base.columns = ((side - 1 >> tiles.base_exponent) + 1 for side in (part.rows, part.columns))
    base.parameters = Fields(tiles.base_parameters, f"{part.number}, Base_Parameters")
    base.groups = [group for group in part.groups if group.layer == 0]
    return decode_codes(base, maximum_code, reduction, models)


def cubic_mean(values, m, e):
    s = 2 << e
    weights = (-m * (s - m) ** 2, 2 * s ** 3 - 5 * m * m * s + 3 * m ** 3, m * (s * s + 4 * m * s - 3 * m * m),
               -m * m * (s - m))
    return sat16(sum(w * v for w, v in zip(weights, values)) + (1 << 3 * e + 3) >> 3 * e + 4)


def between(place, count, e):
    """The four neighbours of a place in a line of so many, and m."""
    t = 2 * place + 1 - (1 << e)
    i = t >> e + 1
    return [min(max(k, 0), count - 1) for k in range(i - 1, i + 3)], t - (i << e + 1)


def enlarged(codes, rows, columns, e, maximum_code):
    """The rows of a plane of codes, enlarged to rows x columns."""
    across = [between(x, len(codes[0]), e) for x in range(columns)]
    result = []
    for y in range(rows):
        near, m = between(y, len(codes), e)
        line = [cubic_mean([codes[k][j] - 32768 for k in near], m, e) for j in range(len(codes[0]))]
        result.append([min(cubic_mean([line[j] for j in places], n, e), maximum_code - 32768) + 32768
                       for places, n in across])
    return result


def base_planes(part, tiles, maximum_code, reduction, models=()):
    """Planes of a picture of the base, reduced so many times, and its rows and columns."""
    e = tiles.base_exponent
    codes, (rows, columns) = base_codes(part, tiles, maximum_code, max(0, reduction - e), models)
    lines = [codes[start:start + columns] for start in range(0, len(codes), columns)]
    planes = [lines[start:start + rows] for start in range(0, len(lines), rows)]
    if reduction < e:
        rows, columns = ((side - 1 >> reduction) + 1 for side in (part.rows, part.columns))
        planes = [enlarged(plane, rows, columns, e - reduction, maximum_code) for plane in planes]
    return planes, (rows, columns)
