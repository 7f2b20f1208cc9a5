"""Inversion by gradient descent in the latent space of a generator, many runs as one program.

Lopez-Alvis et al. (2021), equations 20 to 25: plain or stochastic gradient descent, or Adam, on the
sum of squared residuals of a batch of data plus a regularisation of the latent vector, with a step
and a weight of the regularisation that decrease. The runs (initial models, truths) are rows of
one tensor; the loss is their sum, so that no gradient mixes two of them, and each has batches of
its own. A run's random numbers depend on its own stream alone, not on the runs beside it.
"""

from __future__ import annotations

import hashlib
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from latentearth import checkpoints
from latentearth.progress import progress

Decode = Callable[[torch.Tensor], torch.Tensor]  # z (run, latent) to facies (run, ...) in [0, 1]
Operator = Callable[[torch.Tensor], torch.Tensor]  # slowness (run, cell) to times (run, datum)


@dataclass(frozen=True)
class Descent:
    """One row of Table 1, and what the paper says in the text.

    Attributes
    ----------
    optimizer
        ``sgd`` (equation 20) or ``adam``.
    batch
        Data per step, drawn without replacement; None: all.
    regularization
        ``none``; ``origin``: the squared norm (Bora et al., 2017); ``ring``: equation 23.
    iterations
        Steps.
    step, step_decay, decay_every
        Initial step, and its factor (equation 21) every so many steps.
    weight, weight_decay
        Initial weight of the regularisation, and its factor (equation 22) at every step.
    clipping
        Stochastic clipping: a latent variable that leaves (-1, 1) is drawn anew from N(0, 1).
    """

    optimizer: str = "sgd"
    batch: int | None = 25
    regularization: str = "ring"
    iterations: int = 3000
    step: float = 1e-2
    step_decay: float = 0.95
    decay_every: int = 25
    weight: float = 10.0
    weight_decay: float = 0.999
    clipping: bool = False


@dataclass(frozen=True)
class Descents:
    """What runs found: the state of least residual of all data on each run's path.

    Attributes
    ----------
    z, iteration
        That latent vector (run, latent), and the number of steps before it (run,).
    rms_residual
        Root-mean-square residual of all data there (run,), ns, in the decoder's full precision.
    rms_residuals, norms
        The same along the path, and the norm of z (run, iteration).
    errors
        Root-mean-square difference from the true facies along the path, if a truth was given.
    cpu_s
        CPU time of all runs together, s; what an interruption lost does not count.
    """

    z: np.ndarray
    iteration: np.ndarray
    rms_residual: np.ndarray
    rms_residuals: np.ndarray
    norms: np.ndarray
    errors: np.ndarray | None
    cpu_s: float


def slowness(facies: torch.Tensor, velocities: tuple[float, float]) -> torch.Tensor:
    """Slowness (run, cell) in ns/m of facies (run, ...) between 0 and 1.

    The velocity is interpolated, :math:`1 / (v_0 + (v_1 - v_0) f)`: `velocities` are those of
    facies 0 and 1 in m/ns.
    """
    zero, one = velocities
    return 1 / (zero + (one - zero) * facies.flatten(1))


def mean_norm(latent: int) -> float:
    r"""Mean norm of a standard normal vector of `latent` numbers: the ring's radius in eq. 23.

    :math:`\mu_\chi = \sqrt{2} \, \Gamma(\frac{n + 1}{2}) / \Gamma(\frac{n}{2})`
    """
    return math.sqrt(2) * math.exp(math.lgamma((latent + 1) / 2) - math.lgamma(latent / 2))


def regularization(z: torch.Tensor, kind: str) -> torch.Tensor:
    r"""R(z) of each run (run,): equation 23 for ``ring``, the squared norm for ``origin``.

    :math:`(\Vert z \Vert - \mu_\chi)^2` or :math:`\Vert z \Vert^2`
    """
    if kind == "none":
        return z.new_zeros(len(z))
    if kind == "origin":
        return z.square().sum(1)
    return (z.norm(dim=1) - mean_norm(z.shape[1])).square()


def _epoch(keys: np.ndarray, epoch: int, data: int, steps: int, latent: int | None):
    """Order of the data (run, datum) in an epoch, and normal numbers (run, step, latent)."""
    generators = [np.random.default_rng([*key, epoch]) for key in keys]
    order = torch.from_numpy(np.stack([g.permutation(data) for g in generators]))
    if latent is None:
        return order, None
    normal = np.stack([g.standard_normal((steps, latent), np.float32) for g in generators])
    return order, torch.from_numpy(normal)


def descend(
    decode: Decode,
    operator: Operator,
    velocities: tuple[float, float],
    data: np.ndarray,
    starts: np.ndarray,
    *,
    settings: Descent,
    streams: Sequence[np.random.SeedSequence],
    truths: np.ndarray | None = None,
    exact: Decode | None = None,
    checkpoint: str | os.PathLike | None = None,
    checkpoint_every: int = 500,
    identity: str = "",
    device: torch.device | str = "cpu",
    label: str = "inversion",
) -> Descents:
    """Run all inversions side by side.

    Parameters
    ----------
    decode, operator
        The generator and the forward operator, both derived by torch.
    velocities
        Of facies 0 and 1, m/ns.
    data
        Observed traveltimes (run, datum), ns.
    starts
        Initial latent vectors (run, latent).
    settings
        What kind of descent.
    streams
        A random stream per run.
    truths
        True facies (run, ...), to follow the model's error; costs little.
    exact
        Decoder for the final residuals, if `decode` works in a lower precision.
    checkpoint
        File to go on from after an interruption, with the same results. The caller removes it.
    checkpoint_every
        Steps.
    identity
        What else a checkpoint depends on, as the generator's weights.
    device
        Where the generator and the operator are.
    label
        What the progress is called.

    Raises
    ------
    ValueError
        If the numbers of runs differ, or a batch is larger than the data.
    """
    latent, count = starts.shape[1], data.shape[1]
    batch = _batch(settings, starts, data, streams, truths)
    observed = torch.as_tensor(data, dtype=torch.float32, device=device)
    z = torch.as_tensor(starts, dtype=torch.float32, device=device).clone()
    true = None
    if truths is not None:
        true = torch.as_tensor(truths, dtype=torch.float32, device=device).flatten(1)
    keys = np.stack([stream.generate_state(4) for stream in streams])
    state = _initial(z, settings.iterations)
    known = asdict(settings) | {"velocities": tuple(velocities), "identity": identity}
    known["numbers"] = _digest(keys, starts, data)
    if checkpoint is not None and (found := checkpoints.load(checkpoint, known)) is not None:
        state = _on_devices(found, state)
        print(f"{label}: continuing from iteration {state['done']} of {settings.iterations}")
    steps = -(-count // batch)
    clock = time.process_time() - state.get("cpu_s", 0.0)
    for k in progress(range(state["done"], settings.iterations), label):
        if k % steps == 0 or k == state["done"]:
            drawn = latent if settings.clipping else None
            order, normal = _epoch(keys, k // steps, count, steps, drawn)
            order = order.to(device)
        z = state["z"].requires_grad_(True)
        facies = decode(z)
        residual = operator(slowness(facies, velocities)) - observed
        place = k % steps * batch
        chosen = residual if batch == count else residual.gather(1, order[:, place : place + batch])
        weight = settings.weight * settings.weight_decay**k
        loss = chosen.square().sum() + weight * regularization(z, settings.regularization).sum()
        (gradient,) = torch.autograd.grad(loss, z)
        with torch.no_grad():
            z = z.detach()
            _record(state, k, z, residual.square().mean(1).sqrt(), facies, true)
            step = settings.step * settings.step_decay ** (k // settings.decay_every)
            z = z - step * _direction(state, k, gradient, settings.optimizer)
            if settings.clipping:
                z = torch.where(z.abs() > 1, normal[:, k % steps].to(device), z)
        state |= {"z": z, "done": k + 1}
        if checkpoint is not None and state["done"] % checkpoint_every == 0:
            state["cpu_s"] = time.process_time() - clock
            checkpoints.save(checkpoint, state, known)
    with torch.no_grad():
        final = (exact or decode)(state["best"])
        final = (operator(slowness(final, velocities)) - observed).square().mean(1).sqrt()
    return _found(state, final, truths is not None, time.process_time() - clock)


def _found(state: dict, final: torch.Tensor, followed: bool, cpu_s: float) -> Descents:
    """What descents ended with; `final` are root-mean-square residuals (run,), ns."""
    least = (state["best"], state["iteration"], final)
    best, iteration, rms_residual = (each.cpu().numpy() for each in least)
    rms_residuals, norms, errors = (trace.numpy() for trace in state["traces"])
    errors = errors if followed else None
    return Descents(best, iteration, rms_residual, rms_residuals, norms, errors, cpu_s)


def _batch(settings: Descent, starts, data, streams, truths) -> int:
    """Data per step, after a look at whether the numbers of runs and data fit."""
    runs, count = len(starts), data.shape[1]
    if len(data) != runs or len(streams) != runs or (truths is not None and len(truths) != runs):
        raise ValueError(f"{runs} starts, {len(data)} rows of data, {len(streams)} streams")
    batch = count if settings.batch is None else settings.batch
    if not 1 <= batch <= count:
        raise ValueError(f"batches of {batch} of {count} data")
    return batch


def _digest(*arrays: np.ndarray) -> str:
    """What numbers a checkpoint depends on, in one word."""
    numbers = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)
    return hashlib.sha256(numbers).hexdigest()


def _on_devices(found: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    """A stored state, with its tensors where those of the first state are."""
    return {
        k: v.to(s.device) if torch.is_tensor(s := state.get(k)) else v for k, v in found.items()
    }


def _initial(z: torch.Tensor, iterations: int) -> dict[str, Any]:
    """State of the runs before their first step."""
    runs = len(z)
    return {
        "done": 0,
        "z": z,
        "first": torch.zeros_like(z),
        "second": torch.zeros_like(z),
        "best": z.clone(),
        "least": torch.full((runs,), math.inf, device=z.device),
        "iteration": torch.zeros(runs, dtype=torch.int64, device=z.device),
        "traces": torch.full((3, runs, iterations), math.nan),
    }


def _direction(state: dict, k: int, gradient: torch.Tensor, optimizer: str) -> torch.Tensor:
    """The gradient, or Adam's direction (Kingma and Ba, 2015), whose moments are in the state."""
    if optimizer == "sgd":
        return gradient
    state["first"] = 0.9 * state["first"] + 0.1 * gradient
    state["second"] = 0.999 * state["second"] + 0.001 * gradient.square()
    first = state["first"] / (1 - 0.9 ** (k + 1))
    second = state["second"] / (1 - 0.999 ** (k + 1))
    return first / (second.sqrt() + 1e-8)


def _record(state: dict, k: int, z, rms_residual, facies, true) -> None:
    """Write down where the runs are, and keep the state of least residual of each."""
    better = rms_residual < state["least"]
    state["least"] = torch.where(better, rms_residual, state["least"])
    state["iteration"] = torch.where(better, k, state["iteration"])
    state["best"] = torch.where(better[:, None], z, state["best"])
    state["traces"][0, :, k] = rms_residual.cpu()
    state["traces"][1, :, k] = z.norm(dim=1).cpu()
    if true is not None:
        state["traces"][2, :, k] = (facies.flatten(1) - true).square().mean(1).sqrt().cpu()
