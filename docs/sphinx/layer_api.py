"""The directive `layer-api NAME`: what the public headers of a layer declare, header by header, drawn by Breathe.

Breathe's own `doxygenfile` declares the namespace anew for each file, which Sphinx takes for duplicates; so each
declaration is asked for by its name. A layer without a page of its own is a warning, and so an error.
"""

import xml.etree.ElementTree as xml
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

NAMESPACE = "lockin"
FOR_ALL = "all"  # the headers that lie in no layer
COMPOUNDS = {"class", "struct", "concept"}
MEMBERS = {"enum", "typedef", "variable", "function"}


def parameters(function):
    """The types of the parameters, by which Breathe tells overloads apart."""
    types = ["".join(of.find("type").itertext()).strip() for of in function.findall("param")]
    return f"({', '.join(types)})"


def declarations(folder):
    """{layer: {header: [(line, kind, name)]}} of what is declared in the namespace; nested types go with what holds them."""
    found = {}

    def add(location, kind, name):
        _, *layer, _ = Path(location.get("file")).parts
        headers = found.setdefault(layer[0] if layer else FOR_ALL, {})
        headers.setdefault(location.get("file"), []).append((int(location.get("line")), kind, name))

    for compound in xml.parse(folder / "index.xml").getroot().iter("compound"):
        kind, name = compound.get("kind"), compound.findtext("name")
        if kind in COMPOUNDS and name.count("::") == 1:
            file = xml.parse(folder / f"{compound.get('refid')}.xml")
            add(file.getroot().find("compounddef/location"), kind, name)
    for member in xml.parse(folder / f"namespace{NAMESPACE}.xml").getroot().iter("memberdef"):
        if member.get("kind") in MEMBERS:
            name = f"{NAMESPACE}::{member.findtext('name')}"
            overload = parameters(member) if member.get("kind") == "function" else ""
            add(member.find("location"), member.get("kind"), name + overload)
    return found


def of_project(env):
    """The declarations, read once in a process."""
    if not hasattr(of_project, "read"):
        of_project.read = declarations(Path(env.config.breathe_projects[env.config.breathe_default_project]))
    return of_project.read


class LayerApi(SphinxDirective):
    """All that the headers of one layer declare."""

    required_arguments = 1

    def run(self):
        layer = self.arguments[0]
        if layer not in of_project(self.env):
            raise self.error(f"no public header of a layer {layer}")
        sections = []
        for header, entries in sorted(of_project(self.env)[layer].items()):
            section = nodes.section(ids=[nodes.make_id(header)])
            section += nodes.title(header, "", nodes.literal("", Path(header).name))
            include = f"#include <{header}>"
            section += nodes.paragraph("", "", nodes.literal("", include))
            lines = []
            for _, kind, name in sorted(entries):
                lines += [f".. doxygen{kind}:: {name}", *(["   :members:"] if kind in ("class", "struct") else []), ""]
            self.state.nested_parse(StringList(lines, source=header), self.content_offset, section)
            sections.append(section)
        return sections


def missing_layers(_, env):
    """Warns of each layer that no page shows."""
    for layer in of_project(env):
        if f"api/{layer}" not in env.found_docs:
            logging.getLogger(__name__).warning("no page docs/api/%s.rst, so its API is nowhere", layer)


def setup(app):
    app.add_directive("layer-api", LayerApi)
    app.connect("env-check-consistency", missing_layers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
