"""Principal components: what they project, and what they find from times."""

import numpy as np
import pytest
import scipy.sparse

from latentearth.inversion.principal_components import learn_components

EXACT = 1e-10  # double precision, sums of some hundred numbers


@pytest.fixture
def models():
    rng = np.random.default_rng(1)
    return 14 + rng.standard_normal((60, 3)) * [3, 2, 1] @ rng.standard_normal((3, 40))


def test_models_of_few_components_are_projected_onto_themselves(models):
    found = learn_components(models, 3)
    np.testing.assert_allclose(found.components @ found.components.T, np.eye(3), atol=EXACT)
    np.testing.assert_allclose(found.project(models), models, rtol=EXACT)
    numbers = (models - found.mean) @ found.components.T
    np.testing.assert_allclose(numbers.std(0, ddof=1), found.deviations, rtol=EXACT)
    fewer = found.first(2)
    assert ((fewer.project(models) - models) ** 2).mean() > 1e-3 > EXACT


def test_exact_times_give_the_model_and_times_without_weight_the_mean(models):
    found = learn_components(models, 3)
    lengths = scipy.sparse.random_array((30, 40), density=0.3, rng=np.random.default_rng(2)).tocsr()
    times = models[:4] @ lengths.toarray().T
    # a prior of some ns/m pulls by (error / signal)^2, less than 1e-8 here
    np.testing.assert_allclose(found.invert(lengths, times, 1e-4), models[:4], rtol=1e-6)
    far = found.invert(lengths, times, 1e9)
    np.testing.assert_allclose(far, np.tile(found.mean, (4, 1)), rtol=1e-6)


def test_too_few_models_are_refused(models):
    with pytest.raises(ValueError, match="3 models for 3 components"):
        learn_components(models[:3], 3)
