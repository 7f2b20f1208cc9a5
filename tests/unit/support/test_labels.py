"""Every key that a figure or a table may meet has a name for readers."""

import pytest

from latentearth.emulators import registry
from latentearth.inversion.location import LIKELIHOODS
from latentearth.samplers.latent_kernels import METHODS
from support.labels import LABELS, heading, label


@pytest.mark.parametrize("keys", [registry.EMULATOR_SETTINGS, LIKELIHOODS, METHODS])
def test_all_keys_have_a_label(keys):
    assert set(keys) <= set(LABELS)


def test_labels_are_no_keys():
    assert not [text for text in LABELS.values() if "_" in text]
    assert len(set(LABELS.values())) == len(LABELS)  # or a legend would name two things alike


def test_parts_of_a_name_are_labelled_each():
    assert label("direct_smooth, modes") == "NN direct, smooth alignment, with correlated errors"
    assert label("mean trace") == "mean trace"


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("published_data_rmse_ns", "published data RMSE (ns)"),
        ("accepted_percent", "accepted (%)"),
        ("training_cpu_s", "training CPU (s)"),
        ("samples_per_s", "samples per s"),
        ("m", "m"),  # a name of its own, no unit
    ],
)
def test_headings(column, text):
    assert heading(column) == text
