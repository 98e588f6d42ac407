# SPDX-License-Identifier: EUPL-1.2
"""Keys as they may stand in a memory that is searched."""
import base64
import hashlib

LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def seed(text):
    """The 32 bytes of an age identity"""
    n = 0
    bits = text.lower().rsplit("1", 1)[1][:-6]
    for c in bits:
        n = n << 5 | LETTERS.index(c)
    return (n >> (5 * len(bits) - 256)).to_bytes(32, "big")


def forms(raw, text):
    """Raw, hex, base64, as text; and the parts that X-Wing makes of it"""
    parts = hashlib.shake_256(raw).digest(96)
    return [raw, raw.hex().encode(), base64.b64encode(raw)[:-2],
            text.encode(), text.lower().encode(), parts[:32], parts[32:64],
            parts[64:]]
