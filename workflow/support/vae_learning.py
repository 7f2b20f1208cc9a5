"""How the VAE of Lopez-Alvis et al. (2021) learns: truths of Table 2, scores, earlier stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latentearth import io, seeds
from latentearth.earth import crops, crosshole
from latentearth.earth.training_images import TrainingImage
from latentearth.inversion import crosshole_survey
from latentearth.networks.vae import Decoder, Encoder
from latentearth.operators.straight_rays import StraightRays
from latentearth.training.scores import score_vae
from support.crosshole import survey
from support.published_values import read_table

CROPS, GENERATED = ("mc1", "mc2", "mc3"), ("mv1", "mv2", "mv3")
CANDIDATES = 200  # models of the VAE, of which three are chosen by their complexity


def generated_truths(
    decode: Callable[[torch.Tensor], torch.Tensor], latent: int, seed: int, complexity: list[float]
) -> np.ndarray:
    """Models (3, 129, 65) of a decoder for codes of length `latent`: mv1 to mv3, ever more complex.

    `complexity` are quantiles of the length of the boundary between the facies.
    """
    rng = np.random.default_rng(seeds.stream(seed, "lopez_alvis2021", "generated truths"))
    codes = torch.from_numpy(rng.standard_normal((CANDIDATES, latent), np.float32))
    with torch.no_grad():
        drawn = decode(codes).numpy()
    order = np.argsort(crosshole.boundary_length(drawn))
    return drawn[order[np.rint(np.array(complexity) * (CANDIDATES - 1)).astype(int)]]


@dataclass
class VaeScores:
    """Scores of a VAE in training: of held-out crops, and of the truths encoded and decoded.

    Attributes
    ----------
    image
        Training image.
    seed
        Of the run.
    crops
        How many held-out crops.
    alpha
        Variance of the noise on codes.
    operator, velocities
        Of straight rays; of the facies, m/ns.
    complexity
        See :func:`generated_truths`.
    published
        The authors' truths, (6, 129, 65); else crops of the image and what this VAE generates.
    """

    image: TrainingImage
    seed: int
    crops: int
    alpha: float
    operator: StraightRays
    velocities: tuple[float, float]
    complexity: list[float]
    published: np.ndarray | None = None

    def truths(self, decoder: Decoder) -> np.ndarray:
        """The six truths, (6, 129, 65) float32."""
        if self.published is not None:
            return self.published.astype(np.float32)
        where = np.array([r * self.image.facies.shape[1] + c for r, c in self.image.truths])
        cut = crops.cut(self.image.facies, where).astype(np.float32)
        drawn = generated_truths(decoder, decoder.latent, self.seed, self.complexity)
        return np.concatenate([cut, drawn])

    def held_out(self, encoder: Encoder, decoder: Decoder) -> dict[str, float]:
        """Scores of held-out crops, see :func:`latentearth.training.scores.score_vae`."""
        streams = [seeds.stream(self.seed, "lopez_alvis2021", "scores", n) for n in ("crops", "e")]
        unseen = self.image.held_out_crops(self.crops, np.random.default_rng(streams[0]))
        return score_vae(encoder, decoder, unseen, streams[1], self.alpha)

    @torch.no_grad()
    def __call__(self, encoder: Encoder, decoder: Decoder) -> dict[str, float]:
        """Scores of held-out crops; root mean squares of what encoding and decoding changes.

        By truth those of data (``data_rmse_ns_mc1``) and of cells (``model_rmse_mc1``).
        """
        models = self.truths(decoder)
        decoded = decoder(encoder(torch.from_numpy(models))[0]).numpy()
        times = [
            crosshole_survey.times(self.operator, m, self.velocities) for m in (models, decoded)
        ]
        found = self.held_out(encoder, decoder)
        for name, data, cells in zip(
            (*CROPS, *GENERATED),
            np.sqrt(((times[1] - times[0]) ** 2).mean(1)).tolist(),
            np.sqrt(((decoded - models) ** 2).mean((1, 2))).tolist(),
            strict=True,
        ):
            found |= {f"data_rmse_ns_{name}": data, f"model_rmse_{name}": cells}
        return found


def scores_of(
    image: TrainingImage, params: Any, alpha: float, published: Sequence[str]
) -> VaeScores:
    """As the params of the rule that trains have it; `published` are files of truths, or none."""
    return VaeScores(
        image,
        params.seed,
        params.crops,
        alpha,
        operator=crosshole_survey.straight(survey(params.survey)),
        velocities=params.velocities,
        complexity=params.complexity,
        published=np.stack([np.load(path) for path in published]) if published else None,
    )


class Before:
    """What a VAE learned before a training: nothing, or what stands beside its weights.

    Parameters
    ----------
    start
        File of weights; its card and its curve have the same name and other endings.
    origin
        Of the training image; of another image samples do not count.
    """

    def __init__(self, start: str | None, origin: dict):
        path = Path(start) if start else None
        card = path.with_suffix(".json") if path else None
        found = io.read_json(card) if card and card.exists() else {}
        same = found.get("training_image") == origin
        self.samples = found["samples"] if same else 0
        cpu_seconds = found.get("cpu_seconds", found.get("training_seconds", 0.0))
        self.cpu_seconds = cpu_seconds if same else 0.0
        self.started_from = path.name if path else "random weights"
        if found:
            kind, first = found["training_image"]["kind"], found.get("started_from")
            self.started_from += f": {found['samples']:,} crops of the {kind} image, from {first}"
        earlier = path.with_name(f"{path.stem}_curve.csv") if path and same else None
        self.curve = list(read_table(earlier)) if earlier and earlier.exists() else []

    def followed_by(self, rows: list[dict], batch: int) -> list[dict]:
        """The whole curve: rows of a stage, of steps of `batch`, after those of stages before."""
        return [*self.curve] + [
            {
                "samples": self.samples + row["step"] * batch,
                "cpu_s": self.cpu_seconds + row["cpu_s"],
            }
            | {name: value for name, value in row.items() if name not in ("step", "cpu_s")}
            for row in rows
        ]
