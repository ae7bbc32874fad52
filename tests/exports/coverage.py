"""Writes down which characters each font for paper has: python -m tests.exports.coverage"""

import json

from workshop.exports import faces


def written() -> str:
    runs = (f" {json.dumps(file)}: {json.dumps(has, separators=(',', ':'))}" for file, has in faces.counted().items())
    return "{\n" + ",\n".join(runs) + "\n}\n"


if __name__ == "__main__":
    (faces.FONTS / "coverage.json").write_text(written(), encoding="utf-8")
