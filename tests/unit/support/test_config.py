"""The config is checked before anything runs, and says what is wrong where."""

import math
import typing
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from latentearth.emulators.labels import LABELS
from support.config import Config, ConfigError, refuse_repeated_keys, typed, validate
from support.config.spurio_mancini2021_emulators import EmulatorKind

ROOT = Path(__file__).parents[3]
DEFAULT = yaml.safe_load((ROOT / "config.yaml").read_text())


def changed(path, value):
    raw = deepcopy(DEFAULT)
    place = raw
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return raw


def merge(base, over):
    """Nested update, as Snakemake does with --configfile."""
    result = dict(base)
    for key, value in over.items():
        result[key] = merge(base.get(key, {}), value) if isinstance(value, dict) else value
    return result


@pytest.mark.parametrize("scale", ["laptop", "smoke", "study", "paper"])
def test_every_scale_is_valid_and_names_itself(scale):
    raw = DEFAULT
    if scale != "laptop":
        raw = merge(raw, yaml.safe_load((ROOT / f"workflow/scales/{scale}.yaml").read_text()))
    assert validate(raw).scale == scale


def test_paper_scale_has_the_papers_steps():
    raw = merge(DEFAULT, yaml.safe_load((ROOT / "workflow/scales/paper.yaml").read_text()))
    s = validate(raw).scheiter2022
    # Table A2: epochs times whole batches per epoch
    epochs = {200: 100_000, 600: 33_333, 1000: 20_000, 100_000: 200}
    for size, count in epochs.items():
        assert count * (size // s.ring.gan.batch) == pytest.approx(s.ring.gan.steps, rel=1e-4)
    samples = s.hypersphere.ensemble.samples * s.hypersphere.ensemble.chains
    assert 500 * samples // s.hypersphere.gan.batch == s.hypersphere.gan.steps
    assert s.ring.gan.learning_rate == s.hypersphere.gan.learning_rate == 1e-4


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (["sead"], 1, ["sead", "unknown key", "did you mean seed"]),
        (["scheiter2022", "ring", "ensemble", "burnin"], 5, ["burnin", "did you mean burn_in"]),
        (["scheiter2022", "ring", "gan", "steps"], -5, ["gan.steps", "-5", "greater than"]),
        (["scheiter2022", "ring", "gan", "drop"], 1.0, ["gan.drop", "1.0", "less than 1"]),
        (["scale"], "huge", ["scale", "huge", "laptop", "smoke", "paper"]),
        (["scheiter2022", "ring", "ensemble", "samples"], "many", ["samples", "many", "integer"]),
        (["scheiter2022", "ring", "sizes"], [600, 200], ["sizes", "increase"]),
        (["scheiter2022", "ring", "sizes"], [10], ["sizes", "batch"]),
        (["data", "published"], "perhaps", ["data.published", "perhaps", "true or false"]),
        (["data", "published"], 1, ["data.published: found 1", "true or false"]),
        (["seed"], 2**63, ["seed", "less than"]),
        (["seed"], True, ["seed: found True", "integer"]),
        (["seed"], 10**90, ["seed: found 1000", "..."]),
        pytest.param(
            ["seed"], 10**5000, ["seed: found an integer of thousands of digits"], id="huge"
        ),
        (["scheiter2022", "shell", "radius"], math.nan, ["shell.radius", "nan", "1e-18 to 1e+18"]),
        (["scheiter2022", "shell", "radius"], math.inf, ["shell.radius", "inf", "1e-18 to 1e+18"]),
        (["scheiter2022", "shell", "radius"], "0.7", ["shell.radius: found '0.7'", "number"]),
        (["scheiter2022", "ring", "draws"], 5000.0, ["ring.draws: found 5000.0", "integer"]),
        (["scheiter2022", "ring", "file"], "", ["ring.file: found ''", "a path", "or null"]),
        (["scheiter2022", "ring", "file"], "a{b}.nc", ["ring.file", "without braces"]),
        (["scheiter2022", "ring", "sizes"], [200, 200], ["sizes", "each entry once"]),
        (["scheiter2022", "hypersphere", "files"], {5: "a.nc"}, ["files for dimensions among"]),
        (["scheiter2022", "cmb", "region", "south"], 10.0, ["region", "south less than north"]),
        (["scheiter2022", "cmb", "region", "east"], 120.0, ["spread_points within region"]),
        (["scheiter2022", "cmb", "prior", "vs"], [7.7, 6.6], ["prior.vs", "the lower one first"]),
        (["scheiter2022"], None, ["scheiter2022: found None", "a section"]),
        (
            ["spurio_mancini2021", "inference", "emulator"],
            "direkt",
            ["inference.emulator: found 'direkt'", "'direct'", "'d18'"],
        ),
        (["spurio_mancini2021", "inference", "rival"], "direct", ["another kind than emulator"]),
        (["lopez_alvis2021", "inversion", "group"], {"gan": 1}, ["group.gan: unknown", "'sgan'"]),
    ],
)
def test_a_wrong_entry_is_named_with_its_value_and_what_is_allowed(path, value, words):
    with pytest.raises(ConfigError) as error:
        validate(changed(path, value))
    for word in words:
        assert word in str(error.value)


def test_lengths_of_ours_do_not_bind_files_of_others():
    """How many samples a file has is looked at when it is read."""
    own = merge(DEFAULT, {"scheiter2022": {"ring": {"sizes": [200, 10**7]}}})
    with pytest.raises(ConfigError, match="sizes that do not exceed"):
        validate(own)
    own["scheiter2022"]["ring"]["file"] = "mine.nc"
    assert validate(own)
    own = merge(DEFAULT, {"scheiter2022": {"cmb": {"chains": {"burn_in": 10**7}}}})
    with pytest.raises(ConfigError, match="more raw models"):
        validate(own)
    own["scheiter2022"]["cmb"]["own"] = {"chains": ["mine.nc"]}
    assert validate(own)


def test_numbers_as_people_write_them():
    """YAML itself takes 1e-4, without a point, for text."""
    raw = changed(["scheiter2022", "shell", "width"], yaml.safe_load("1e-4"))
    assert validate(raw).scheiter2022.shell.width == 1e-4


def scalars(annotation):
    """The plain types in an annotation, each with what bounds it."""
    if typing.get_origin(annotation) is typing.Annotated:
        inner, *more = typing.get_args(annotation)
        return [(kind, [*bounds, *more]) for kind, bounds in scalars(inner)]
    if typing.get_origin(annotation) is typing.Literal or annotation in (type(None), ...):
        return []
    if inner := typing.get_args(annotation):
        return [found for each in inner for found in scalars(each)]
    if issubclass(annotation, BaseModel):
        hints = typing.get_type_hints(annotation, include_extras=True)
        fields = [hints[name] for name in annotation.model_fields]
        return [found for each in fields for found in scalars(each)]
    return [(annotation, [])]


def test_no_setting_turns_one_type_into_another():
    found = scalars(Config)
    assert len(found) > 300 and {kind for kind, _ in found} == {bool, int, float, str}
    for kind, bounds in found:
        assert any("strict=True" in repr(each) for each in bounds), (kind, bounds)


def test_kinds_of_emulators_are_those_of_the_library():
    assert typing.get_args(EmulatorKind) == tuple(LABELS)


def test_a_key_that_stands_twice_is_refused_with_both_lines(tmp_path):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("scheiter2022: {ring: {draws: 5}}\nsanto2024: {ring: {draws: 5}}")
    refuse_repeated_keys([good, ROOT / "config.yaml"])
    bad.write_text("seed: 1\na:\n  b: {c: 1, d: 2, c: 3}\nlist: [{x: 1, x: 2}]\nseed: 2\n")
    with pytest.raises(ConfigError) as error:
        refuse_repeated_keys([good, bad])
    lines = str(error.value).splitlines()
    assert lines == [
        f"config: {bad}: {key}: stands in line {first} and again in line {again}; "
        "allowed: once, with all its entries"
        for key, first, again in (("a.b.c", 3, 3), ("list.x", 4, 4), ("seed", 1, 5))
    ]


def test_all_faults_are_told_at_once():
    raw = changed(["seed"], -1)
    raw["device"] = "tpu"
    with pytest.raises(ConfigError) as error:
        validate(raw)
    assert str(error.value).count("config: ") == 2


def test_words_in_braces_on_the_command_line_mean_what_they_mean_in_a_file():
    """Snakemake reads ``data={published: true}`` as text inside the braces."""
    given = {"data": {"published": "true"}, "sizes": ["200", "1e3"], "seed": 7, "file": "a: b"}
    found = typed(given)
    assert found == {"data": {"published": True}, "sizes": [200, "1e3"], "seed": 7, "file": "a: b"}
