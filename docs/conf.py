"""Sphinx reads the Markdown of this folder and, through Breathe, what Doxygen says of the public headers: `./dev docs`."""

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "sphinx"))
sys.dont_write_bytecode = True  # not into the sources

project = "lockin"
version = re.search(r"project\(lockin\s+VERSION ([\d.]+)", (HERE.parent / "CMakeLists.txt").read_text(encoding="utf-8"))[1]
html_title = f"lockin {version}"

extensions = ["myst_parser", "breathe", "layer_api", "mathml"]
exclude_patterns = ["sphinx", "pictures"]
myst_enable_extensions = ["dollarmath"]  # $...$ and $$...$$, which Git hosts draw too
myst_heading_anchors = 3  # page.md#heading, as on Git hosts
breathe_projects = {"lockin": str(HERE.parent / "build" / "docs" / "xml")}
breathe_default_project = "lockin"
breathe_show_include = False  # each header is a heading
primary_domain = highlight_language = "cpp"
smartquotes = False  # what stands in quotes is often to be typed
nitpicky = True
# Namespaces, and types that are only declared.
nitpick_ignore_regex = [("cpp:identifier", r"lockin|\w+Tag|detail(::\w+)?")]

html_theme = "furo"
html_static_path = ["sphinx/static"]
html_css_files = ["page.css"]
html_copy_source = html_show_copyright = False
