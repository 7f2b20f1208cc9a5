"""Posteriors to any power of the likelihood, from the populations that an annealing passes.

Annealing goes through densities proportional to prior times likelihood^beta. Its population at one
beta, reweighted, stands for any power up to the next: one run gives them all.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from latentearth.samplers.annealing import log_mean_weight, systematic, tempered_weights
from latentearth.samples import Samples, even_weights


class TemperedPath:
    """Populations of an annealing by their beta; :meth:`add` is what it calls after each stage.

    Parameters
    ----------
    bank
        Draws of the prior with their log likelihoods, where the annealing began in such.
    """

    def __init__(self, bank: Samples | None = None):
        self.betas: list[float] = []
        self.populations: list[Samples] = []
        if bank is not None:
            self.add(0.0, replace(bank, log_evidence=0.0, independent=bank.position.shape[1]))

    def add(self, beta: float, population: Samples) -> None:
        """The population of a stage, in one chain, with the log evidence at its beta."""
        self.betas.append(beta)
        self.populations.append(population)

    def at(self, power: float, count: int, rng: np.random.Generator) -> Samples:
        """Draws of the posterior to a power of the likelihood.

        Parameters
        ----------
        power
            Taken from the last population whose beta is not beyond it (or from the first one).
        count
            Draws, of equal weight, in the order of the population.
        rng
            One random number.

        Returns
        -------
        Samples
            With the log evidence at this power. Costs and ancestors are the population's; where
            that is the bank, `independent` is the effective number of its members.
        """
        stage = max(int(np.searchsorted(self.betas, power, "right")) - 1, 0)
        population, change = self.populations[stage], max(power - self.betas[stage], 0.0)
        values = population.log_likelihood.ravel()
        weights = tempered_weights(values, change)
        chosen = systematic(weights, rng.random(), count)
        log_prior = population.log_density.ravel() - values
        independent = min(population.independent, 1 / float(np.square(weights).sum()))
        return replace(
            population,
            position=population.flat[chosen][None],
            log_density=(log_prior + power * values)[chosen][None],
            log_likelihood=values[chosen][None],
            weight=even_weights(1, count),
            log_evidence=population.log_evidence + log_mean_weight(values, change),
            independent=independent,
        )
