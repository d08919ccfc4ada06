#!/usr/bin/env python3
"""Screenshots of the report of the shipped baseline, for docs/pictures.

Usage: pictures.py COMMAND FOLDER
"""

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from browser import Page, find_chromium  # noqa: E402


def main():
    if len(sys.argv) != 3 or not Path(sys.argv[2]).is_dir():
        sys.exit(__doc__)
    command, folder = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as work:
        for words in (["run", "--out", "run"],
                      ["compare", "china_ai_cloud", "china_price_war", "--replications", "200", "--out", "pair"]):
            subprocess.run([command, *words], cwd=work, check=True, capture_output=True)
        page = Page(find_chromium())

        def take(name, path, width, height, top="body", colours="light", mobile=False):
            page.open(Path(work) / path / "report.html")
            page.media(prefers_color_scheme=colours)
            page.size(width, height, mobile=mobile)
            y = max(0, page.box(top)["y"] - 10)
            (folder / f"{name}.png").write_bytes(page.screenshot({"x": 0, "y": y, "width": width, "height": height}))

        take("report_light", "run", 1100, 860)
        take("report_dark", "run", 1100, 500, top="#shares", colours="dark")
        take("report_phone", "run", 390, 900, top="#shares", mobile=True)
        take("report_growth", "run", 1100, 900, top="#growth")
        take("report_comparison", "pair", 1100, 560, top="#shares")
        page.close()


if __name__ == "__main__":
    main()
