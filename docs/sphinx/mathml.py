"""Formulas as MathML, made by docutils while pages are built: browsers draw it themselves, with no script and no network."""

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml


def formula(translator, node, inline):
    try:
        return tex2mathml(node.astext(), inline)
    except (SyntaxError, IndexError, KeyError, ValueError) as error:
        raise ValueError(f"{node.source or translator.builder.current_docname}: no formula for docutils: {node.astext()}") from error


def visit_math(translator, node):
    translator.body.append(formula(translator, node, inline=True))
    raise nodes.SkipNode


def visit_math_block(translator, node):
    translator.body.append(f'<div class="math">{formula(translator, node, inline=False)}</div>\n')
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    app.config.html_math_renderer = "mathml"
    return {"parallel_read_safe": True, "parallel_write_safe": True}
