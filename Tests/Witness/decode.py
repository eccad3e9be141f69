#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Decodes .aec files, slowly and in the order of the specification.

A second decoder, written from Spec/ alone: it shares no code with the Swift one and was not written after it.
It needs Python 3 and libzstd.so.1. "C" in a comment is Spec/container.md, "B" is Spec/bitstream.md.
"""
import argparse
import hashlib
import sys
from pathlib import Path

import bitstream
import lines
import pyramid
from base import base_planes
from container import read_container
from fields import Refused, require
from source import packed_samples


def decode_part(part, reduction, models):
    """Samples, and rows and columns of a frame."""
    if part.mode == 2 and part.kind == 1:
        return lines.decode_part(part, reduction, models)
    if part.mode == 2:
        return pyramid.decode_part(part, reduction, models)
    return bitstream.decode_part(part, lambda part, *rest: base_planes(part, *rest, models), reduction)


def main():
    parser = argparse.ArgumentParser(description="Decodes .aec files, written from Spec/ alone.")
    parser.add_argument("archive", type=Path)
    parser.add_argument("--out", type=Path, help="the canonical samples of all parts")
    parser.add_argument("--file", type=Path, help="the original file; a folder, if files have names")
    parser.add_argument("--model", type=Path, action="append", default=[], metavar="FILE",
                        help="a model file besides those in Models/; may be given several times")
    parser.add_argument("--reduce", type=int, default=0, metavar="K", choices=range(16),
                        help="the pictures of lossy parts and of bases, reduced K times; there is no digest of these to compare")
    arguments = parser.parse_args()
    try:
        parts, source = read_container(arguments.archive.read_bytes())
        require(source or not arguments.file, "The archive has no record of an original file.")
        require(not (arguments.file and arguments.reduce), "The original file is not rebuilt of a reduced picture.")
        values, output = [], bytearray()
        for part in parts:
            samples, size = decode_part(part, arguments.reduce, arguments.model)
            values.append(samples)
            canonical = packed_samples(values[-1], part.cell, part.signed)
            digest = hashlib.sha256(canonical)
            verdict = f"reduced {arguments.reduce} times"
            if arguments.reduce == 0:
                require(digest.digest() == part.digest, f"Part {part.number}: the digest differs.")  # C 4.9
                verdict = "digest ok"
            kind, sign = ("image", "signal")[part.kind], ("unsigned", "signed")[part.signed]
            extent = (part.frames, part.channels, *size)
            mode = ("lossless", "bounded", "lossy")[part.mode]
            print(f"part {part.number}: {kind} {'x'.join(map(str, extent))}, {part.bits} bits {sign}, "
                  f"{mode}, sha256 {digest.hexdigest()}, {verdict}", flush=True)
            output += canonical
        if arguments.out:
            arguments.out.write_bytes(output)
        if arguments.file:
            for name, file in source.rebuilt(parts, values):
                (arguments.file / name if name else arguments.file).write_bytes(file)
                print(f"file: {len(file)} bytes, sha256 {hashlib.sha256(file).hexdigest()}, digest ok")
    except (Refused, OSError) as error:
        print(f"decode.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
