"""Training of the VAE and of the spatial GAN, and the toys of Figures 3 and 4."""

import numpy as np
import pytest
import torch

from latentearth.earth import channels, crops
from latentearth.training import adversarial, crop_sgan, lemniscate_vaes, scores, variational

IMAGE = channels.draw_image(channels.Channels(rows=260, columns=200), np.random.SeedSequence(1))
WHERE = crops.corners(IMAGE.shape)
SEED = np.random.SeedSequence(7)


def batches(size=4, seed=5):
    return variational.CropBatches(IMAGE, WHERE, size, np.random.SeedSequence(seed))


def weights_of(*networks):
    return torch.cat([p.detach().ravel() for net in networks for p in net.parameters()])


def test_the_divergence_is_that_of_two_normal_densities():
    """Against the integral of q log(q/p) on a fine grid."""
    mean, log_variance = torch.tensor([0.7]), torch.tensor([-0.9])
    x = np.linspace(-12, 12, 200_001)
    variance = np.exp(-0.9)
    q = np.exp(-0.5 * (x - 0.7) ** 2 / variance) / np.sqrt(2 * np.pi * variance)
    log_p = -0.5 * x**2 - 0.5 * np.log(2 * np.pi)
    log_q = -0.5 * (x - 0.7) ** 2 / variance - 0.5 * np.log(2 * np.pi * variance)
    integral = np.sum(q * (log_q - log_p)) * (x[1] - x[0])
    found = variational.divergence(mean, log_variance).item()
    assert found == pytest.approx(integral, rel=1e-6)  # float32


def test_the_weight_of_the_divergence_is_that_of_the_authors():
    """The authors add 1000 means over (100 x 20) to errors summed over 100: half a nat each."""
    generator = torch.Generator().manual_seed(1)
    mean, log_variance = torch.randn(2, 100, 20, generator=generator)
    nats = variational.divergence(mean, log_variance)
    theirs_per_sample = 1000.0 * nats.mean() / 100
    ours = 1000.0 / (variational.REFERENCE_BATCH * 20) * nats.sum() / 100
    torch.testing.assert_close(ours, theirs_per_sample)


def curve():
    """Scores every three steps: the sum of all weights."""
    return variational.LearningCurve(lambda e, d: {"sum": weights_of(e, d).sum().item()}, 3)


@pytest.mark.parametrize(
    ("products", "optimizer"), [("float32", "adam"), ("bfloat16", "adam"), ("bfloat16", "muon")]
)
def test_an_interrupted_training_goes_on_to_the_same_weights(tmp_path, products, optimizer):
    settings = variational.VariationalTraining(
        steps=5,
        batch=3,
        optimizer=optimizer,
        average=0.9,
        products=products,
        record_every=2,
        checkpoint_every=3,
    )
    scored = curve(), curve()
    whole = variational.train_variational(batches(3), settings, SEED, curve=scored[0])
    file = tmp_path / "c.pt"
    interrupted = batches(3)
    draw, count = interrupted.draw, iter(range(100))

    def stop_at_fifth():
        if next(count) == 4:
            raise KeyboardInterrupt
        return draw()

    interrupted.draw = stop_at_fifth
    with pytest.raises(KeyboardInterrupt):
        variational.train_variational(interrupted, settings, SEED, checkpoint=file, curve=curve())
    run = batches(3), settings, SEED
    resumed = variational.train_variational(*run, checkpoint=file, curve=scored[1])
    assert torch.equal(weights_of(*whole[:2]), weights_of(*resumed[:2]))
    np.testing.assert_array_equal(whole[2].losses["error"], resumed[2].losses["error"])
    np.testing.assert_array_equal(resumed[2].steps, [2, 4, 5])
    sums = [[(row["step"], row["sum"]) for row in found.rows] for found in scored]
    assert sums[0] == sums[1] and [step for step, _ in sums[0]] == [0, 3, 5]
    assert sums[0][-1][1] == weights_of(*whole[:2]).sum().item()


def test_the_loss_falls():
    settings = variational.VariationalTraining(steps=8, batch=4, record_every=1)
    history = variational.train_variational(batches(), settings, SEED)[2]
    # a quarter of the cells are channels: the first grey answer errs by some 0.25 of 8385 cells
    assert (
        history.losses["error"][0] > 1800
        and history.losses["error"][-1] < 0.9 * history.losses["error"][0]
    )


def test_a_loss_that_is_no_number_stops_the_training_and_names_the_step():
    settings = variational.VariationalTraining(steps=4, batch=2, learning_rate=1e30, record_every=1)
    with pytest.raises(FloatingPointError, match=r"at step [234] losses are error"):
        variational.train_variational(batches(2), settings, SEED)


def test_the_rate_rises_holds_and_falls():
    settings = variational.VariationalTraining(
        steps=100, learning_rate=2.0, warm_up=9, cool_down=19
    )
    rates = np.array([variational.warm_up_rate(step, settings) for step in range(1, 101)])
    np.testing.assert_allclose(rates[:10], 0.2 * np.arange(1, 11))
    np.testing.assert_allclose(rates[9:81], 2.0)
    np.testing.assert_allclose(rates[80:], 0.1 * np.arange(20, 0, -1))


def test_a_longer_training_begins_as_a_shorter_one_without_its_end():
    """Until the rate falls, the number of steps must not matter: trainings can be prolonged."""
    few = variational.VariationalTraining(steps=50, warm_up=5, cool_down=10)
    many = variational.VariationalTraining(steps=500, warm_up=5, cool_down=100)
    for step in range(1, 41):
        assert variational.warm_up_rate(step, few) == variational.warm_up_rate(step, many)


def test_crops_come_only_from_allowed_positions():
    source = variational.CropBatches(IMAGE, WHERE[[0, 50]], 40, np.random.SeedSequence(1))
    wanted = {crop.tobytes() for crop in crops.cut(IMAGE, WHERE[[0, 50]])}
    drawn = source.draw().numpy().astype(np.uint8)
    assert {crop.tobytes() for crop in drawn} == wanted


def test_batches_go_on_where_their_state_was_taken():
    first, second = batches(), batches()
    first.draw()
    second.load_state_dict(first.state_dict())
    assert torch.equal(first.draw(), second.draw())


def gan_settings(**more):
    return adversarial.AdversarialTraining(
        **{"steps": 3, "batch": 2, "learning_rate": 5e-4, "latent": 15, "record_every": 1, **more}
    )


def test_an_interrupted_spatial_gan_goes_on_to_the_same_weights(tmp_path):
    run = {"latent_map": (5, 3), "seed": SEED, "width": 2}
    settings = gan_settings(checkpoint_every=2, average=0.9, real_penalty=1, penalised=1)
    whole = crop_sgan.train_sgan(IMAGE, WHERE, settings, **run)
    file = tmp_path / "c.pt"
    crop_sgan.train_sgan(IMAGE, WHERE, settings, checkpoint=file, **run)
    again = crop_sgan.train_sgan(IMAGE, WHERE, settings, checkpoint=file, **run)  # from step 2
    assert torch.equal(weights_of(*whole[:2]), weights_of(*again[:2]))


def test_the_penalty_of_the_spatial_gan_comes_every_so_many_steps():
    def losses(**more):
        return crop_sgan.train_sgan(IMAGE, WHERE, gan_settings(**more), (5, 3), SEED, width=2)[
            2
        ].losses

    without, seldom = losses(), losses(real_penalty=1.0, real_penalty_every=2)
    assert (without["critic"][:1] == seldom["critic"][:1]).all()
    assert seldom["critic"][1] > without["critic"][1]  # what it adds is a square


def test_latent_maps_of_the_spatial_gan_are_uniform():
    seen = []

    class Probe(torch.nn.Module):
        def images(self, maps):
            seen.append(maps)
            return maps

    wrapped = crop_sgan._MapGenerator(Probe(), (5, 3))
    wrapped(torch.randn(1, 2000, 15, generator=torch.Generator().manual_seed(1)))
    values = np.sort(seen[0].numpy().ravel())
    # Kolmogorov's distance from the uniform law; 1.6/sqrt(n) is exceeded once in a hundred
    distance = np.abs((values + 1) / 2 - np.linspace(0, 1, values.size)).max()
    assert distance < 1.6 / np.sqrt(values.size)


def test_a_latent_map_must_have_as_many_cells_as_latent_numbers():
    with pytest.raises(ValueError, match="15 latent numbers"):
        crop_sgan.train_sgan(IMAGE, WHERE, gan_settings(), (4, 4), SEED, width=2)


def test_the_eight_is_standardised_and_has_two_holes():
    points = lemniscate_vaes.lemniscate(4000, 0.1, np.random.default_rng(1))
    np.testing.assert_allclose(points.mean(0), 0, atol=1e-6)
    np.testing.assert_allclose(points.std(0), 1 / 3, rtol=1e-5)
    for hole in ((0.35, 0.0), (-0.35, 0.0)):  # the noise, 0.1/(3 * 0.38) wide, leaves them open
        assert (np.linalg.norm(points - hole, axis=1) < 0.1).sum() < 10
    assert (np.linalg.norm(points, axis=1) < 0.1).sum() > 200  # the crossing


def test_the_toy_misfit_has_its_minimum_at_the_target():
    line = np.linspace(-1, 1, 41)
    grid = np.stack(np.meshgrid(line, line), -1)
    values = lemniscate_vaes.lemniscate_objective(grid, (0.2, 0.4), 0.3)
    lowest = grid.reshape(-1, 2)[values.argmin()]
    np.testing.assert_allclose(lowest, (0.2, 0.4), atol=1e-9)
    assert values.min() == pytest.approx(-1 / (2 * np.pi * 0.3))


def test_a_network_of_a_stack_learns_as_it_does_alone():
    points = lemniscate_vaes.lemniscate(100, 0.1, np.random.default_rng(1))
    pair, _ = lemniscate_vaes.train_lemniscate_vaes(
        points, [0.1, 1.0], [0.01, 0.1], 5, 4, 1e-3, SEED
    )
    other, _ = lemniscate_vaes.train_lemniscate_vaes(
        points, [0.1, 0.3], [0.01, 0.5], 5, 4, 1e-3, SEED
    )
    first, second = (net.decoder[0].weight[0] for net in (pair, other))
    torch.testing.assert_close(first, second, rtol=1e-5, atol=1e-7)  # products in another order
    assert not torch.allclose(pair.decoder[0].weight[1], other.decoder[0].weight[1])


def test_a_small_vae_learns_the_eight():
    points = lemniscate_vaes.lemniscate(500, 0.1, np.random.default_rng(1))
    _, losses = lemniscate_vaes.train_lemniscate_vaes(points, [0.01], [0.001], 600, 20, 3e-3, SEED)
    # the mean of all points errs by 1/9 per coordinate; one line through the eight by half of it
    assert losses[0, 0] < 0.06


def test_scores_know_a_perfect_and_a_blind_network():
    models = crops.cut(IMAGE, WHERE[:6])

    def encoder(target):
        return torch.zeros(len(target), 2), torch.zeros(len(target), 2)

    def blind(codes):
        return torch.full((len(codes), 129, 65), 0.25)

    found = scores.score_vae(encoder, blind, models, SEED)
    exact = np.square(models - 0.25).sum((1, 2)).mean()
    assert found["error"] == pytest.approx(exact, rel=1e-5) == found["error_of_mean"]
    assert found["model_rmse"] == pytest.approx(np.sqrt(exact / 8385), rel=1e-5)
    assert found["divergence"] == 0 and found["active"] == 0


def test_pattern_statistics_tell_a_broken_channel_from_a_whole_one():
    model = np.zeros((2, 129, 65))
    model[0, 20:30, :] = 1  # crosses
    model[1, 20:30, :25] = 1  # ends in the middle
    model[1, 20:30, 40:] = 1  # goes on
    model[1, 60, 30] = 0.5  # grey, and too small to count
    found = scores.pattern_statistics(model)
    assert found["bodies"] == 1.5 and found["crossing"] == pytest.approx(1 / 3)
    assert found["grey"] == pytest.approx(1 / (2 * 8385))


def stripes(count, width, apart):
    """Models of level channels at random depths, so wide and so far from each other, in cells."""
    row = np.arange(129) + np.random.default_rng(1).integers(apart, size=(count, 1))
    return np.repeat((row % apart < width)[:, :, None], 65, 2).astype(np.float32)


def test_two_point_statistics_are_those_of_stripes():
    found = scores.pattern_statistics(stripes(4000, 10, 40))
    # pairs down of unlike cells: 2 edges in 40 cells for each cell of lag, up to the width
    for lag in (1, 4, 8):
        unlike = 2 * lag / 40
        # depths are drawn: three standard errors of a mean over 4000 models, which scatter by 0.01
        assert found[f"correlation_down_{lag}"] == pytest.approx(
            1 - unlike / (2 * 0.25 * 0.75), abs=0.01
        )
        assert found[f"correlation_along_{lag}"] == 1
    assert found["proportion"] == pytest.approx(0.25, abs=0.002)
    # an edge cuts channels: 129 cells with 32.25 of channels are in touch with 138 / 40 of them
    assert found["width"] == pytest.approx(32.25 / 3.45, rel=0.02)


@pytest.mark.parametrize(("width", "noise"), [(10, 0.01), (7, 0.01), (10, 0.5)])
def test_thin_channels_and_noise_deviate_from_crops(width, noise):
    models, reference = stripes(200, width, 40), stripes(400, 10, 40)
    rng = np.random.default_rng(2)
    reference = np.where(rng.random(reference.shape) < 0.01, 1 - reference, reference)
    models = np.where(rng.random(models.shape) < noise, 1 - models, models)
    found, which = scores.deviation(models, reference)
    assert which in scores.model_statistics(reference)
    # 200 models: a mean scatters by 0.07 of a single one's deviation
    assert found < 0.3 if (width, noise) == (10, 0.01) else found > 2


def test_speeds_are_one_on_an_even_path_and_large_at_a_jump():
    ramp = np.linspace(0, 1, 11)[:, None, None] * np.ones((1, 4, 4))
    np.testing.assert_allclose(scores.speeds(ramp), 1)
    jump = (np.arange(11) > 4)[:, None, None] * np.ones((1, 4, 4))
    assert scores.speeds(jump).max() == pytest.approx(10)
