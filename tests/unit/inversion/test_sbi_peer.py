"""The neural posterior beside that of the package sbi: as close to the exact one."""

import numpy as np
import pytest
import torch
from test_neural_posterior import BOX, RECEIVERS, SIGMA, TRAINING, events, exact

from latentearth.inversion import neural_posterior
from latentearth.seeds import stream

inference = pytest.importorskip("sbi.inference", reason="needs the extra peers")
EVENTS = 60


def theirs(data):
    """Means and deviations of draws, by sbi's mixture density network on our components."""
    torch.manual_seed(0)
    from sbi.neural_nets import posterior_nn
    from sbi.utils import BoxUniform

    rng = np.random.default_rng(0)
    places = BOX.draw(TRAINING.bank, rng)
    clean = np.stack([receiver.predict(places) for receiver in RECEIVERS], axis=1)
    noisy = clean + rng.normal(0.0, SIGMA, clean.shape).astype("f4")
    bases = [
        np.linalg.svd(one, full_matrices=False)[2][: TRAINING.components]
        for one in clean.swapaxes(0, 1)
    ]
    seen = [
        np.concatenate([each[:, r] @ bases[r].T for r in range(len(bases))], axis=1).astype("f4")
        for each in (noisy, data)
    ]
    low, high = torch.from_numpy(BOX.bounds.T.astype("f4"))
    network = posterior_nn("mdn", hidden_features=TRAINING.width, num_components=TRAINING.mixed)
    learning = inference.NPE(BoxUniform(low, high), density_estimator=network)
    learning.append_simulations(torch.from_numpy(places.astype("f4")), torch.from_numpy(seen[0]))
    learning.train(training_batch_size=200, max_num_epochs=60)
    posterior = learning.build_posterior()
    drawn = [
        posterior.sample((1000,), x=torch.from_numpy(one), show_progress_bars=False).numpy()
        for one in seen[1]
    ]
    return np.mean(drawn, axis=1), np.std(drawn, axis=1)


def ours(data):
    learned = neural_posterior.fit(RECEIVERS, BOX, SIGMA, stream(0, "peer"), TRAINING)
    drawn = [places for places, _ in learned.draw(data, 1000, stream(1, "peer"))]
    return np.array([d.mean(axis=0) for d in drawn]), np.array([d.std(axis=0) for d in drawn])


def test_both_come_as_close_to_the_exact_posterior(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # theirs leaves a log where it runs
    _, data = events(EVENTS)
    mean, spread = exact(data)
    off, wide = [], []
    for centres, widths in (ours(data), theirs(data)):
        off.append(np.median(abs(centres - mean) / spread))
        wide.append(np.median(widths / spread))
    # medians of 60 events and 2 coordinates, each to some 8 per cent; theirs keeps one noise for a
    # position, ours draws it anew
    assert off[0] < 1.2 * off[1]
    assert abs(np.log(wide[0])) < abs(np.log(wide[1])) + 0.2
