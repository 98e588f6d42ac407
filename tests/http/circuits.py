# SPDX-License-Identifier: EUPL-1.2
"""Clients that come through circuits of an onion service: tor's line before
each connection, as HiddenServiceExportCircuitID haproxy writes it."""
import gw


def line(n):
    low = n & 0xffff
    return b"PROXY TCP6 fc00:dead:beef:4dad::%x:%x ::1 %d 80\r\n" % (
        n >> 16, low, low or 1)


class Circuit(gw.Client):
    """Connections through circuit N, one at a time"""

    def __init__(self, path, n, timeout=20):
        super().__init__(path, timeout=timeout)
        self.n = n

    def open(self):
        s = super().open()
        s.sendall(line(self.n))
        return s
