"""Generators of ensembles behind one interface: fit, draw, log density, save, load.

From two numbers per point to a flow, so that a network can be judged beside what needs none.
"""

from latentearth._exports import lazily

__getattr__, __all__ = lazily(
    __name__,
    {
        "base": "EnsembleGenerator ROOM Stored load put_together save take_apart",
        "flow_matching": (
            "FlowMatching FlowTraining STATES_AT_ONCE TANGENTS_AT_ONCE TIME_FEATURES fit velocity"
        ),
    },
)
