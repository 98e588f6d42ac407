# SPDX-License-Identifier: EUPL-1.2
"""A folder of vectors, written anew, with its expect.txt"""
import os
import shutil

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Folder:
    def __init__(self, name):
        self.path = os.path.join(HERE, name)
        shutil.rmtree(self.path, ignore_errors=True)
        os.mkdir(self.path)
        self.lines = []

    def add(self, name, data, code, *more):
        if isinstance(data, str):
            data = data.encode()
        with open(os.path.join(self.path, name), "wb") as f:
            f.write(data)
        self.lines.append(" ".join([name, code] + [str(m) for m in more]))

    def close(self):
        with open(os.path.join(self.path, "expect.txt"), "w") as f:
            f.write("\n".join(sorted(self.lines)) + "\n")
