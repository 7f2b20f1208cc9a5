"""The static site: figures beside verdicts and commands, docs, and an API with formulas."""

import ast
import json
import sys
from pathlib import Path

import pytest
from matplotlib import pyplot

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

import make_site  # noqa: E402
import site_api  # noqa: E402

FINDING = {
    "kind": "finding",
    "where": "Figure 1",
    "statement": "Sixteen <rings>.",
    "published": 16,
    "ours": 15.0,
    "null": 3.0,
    "null_is": "a guess",
    "against": None,
    "uncertainty": None,
    "unit": "",
    "compared": "as stated",
    "measured_at": "smoke",
    "scale": "smoke",
    "verdict": "reproduced, but the null does as well",
}


@pytest.fixture
def run(tmp_path):
    """A folder with one figure, one table and one finding."""
    figure, results = tmp_path / "figures/scheiter2022/fig01.png", tmp_path / "results/scheiter2022"
    figure.parent.mkdir(parents=True)
    results.mkdir(parents=True)
    drawing = pyplot.figure(figsize=(1, 1))
    drawing.savefig(figure, metadata={"scale": "smoke", "seed": "1", "git_commit": "abc"})
    pyplot.close(drawing)
    (results / "table_networks.csv").write_text("network,parameters\nGAN,12\n")
    (results / "claims.json").write_text(json.dumps({"rows": [FINDING]}))
    return tmp_path


def test_a_figure_stands_beside_verdict_and_command(run):
    body, score = make_site.gallery(run, "scheiter2022")
    assert "snakemake --cores 8 figures/scheiter2022/fig01.png" in body
    assert 'src="figures/scheiter2022/fig01.png"' in body
    assert "scale smoke, seed 1, commit abc" in body.lower()
    assert '<tr class="null-too"><td data-name="claim">Sixteen &lt;rings&gt;.</td>' in body
    assert '<td data-name="paper">16</td><td data-name="ours">15</td>' in body
    assert body.index('id="fig01"') < body.index('id="table_networks"')
    assert score.startswith("2 of ")


def test_without_a_ledger_the_command_is_named(run):
    (run / "results/scheiter2022/claims.json").unlink()
    assert "snakemake claims" in make_site.gallery(run, "scheiter2022")[0]


def test_formulas_and_definitions_of_the_api():
    text = r'''
def area(radius):
    r"""Area :math:`\pi r^2` of |r|.

    Parameters
    ----------
    radius
        Of a disc; see :func:`latentearth.earth.sphere.spiral`.
    """
'''
    page = site_api.module_page(ast.parse(text), "discs")
    assert "<msup>" in page and "of |r|" in page
    assert '<p class="rubric">Parameters</p>' in page and "<dt>radius" in page
    assert 'href="latentearth.earth.sphere.html#spiral"' in page
    assert '<h3 id="area"><code>area(radius)</code></h3>' in page


def test_the_api_has_a_page_for_each_module_of_the_library():
    """Each docstring is reStructuredText: an error of docutils would end this."""
    pages = {name: body for name, _, body in site_api.api_pages(ROOT / "src")}
    library = ROOT / "src" / "latentearth"
    for file in library.rglob("*.py"):
        parts = file.relative_to(library.parent).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        assert f"api/{name}.html" in pages or parts[-1].startswith("_"), file
    assert "<math" in pages["api/latentearth.inversion.latent_descent.html"]


def test_pages_of_the_documentation_point_to_one_another(tmp_path):
    pytest.importorskip("markdown_it", reason="needs the extra site")
    pages = {name: body for name, _, body in make_site.doc_pages(ROOT)}
    assert 'href="docs/what_we_found.html"' in pages["README.html"]
    assert '.md"' not in pages["README.html"]
    assert '<td data-name="claim">' in pages["README.html"]
