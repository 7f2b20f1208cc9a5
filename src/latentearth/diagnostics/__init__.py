"""Have samples mixed, do they cover the truth, what did they cost? Arrays in, numbers out."""

from latentearth._exports import lazily

__getattr__, __all__ = lazily(
    __name__,
    {
        "convergence": "autocorrelation bimodality describe_chains levels thirds",
        "coverage": "LEVELS binomial_interval nearer score scores_dataset uniform_distance",
        "efficiency": "BASE STEPS autocorrelation_curves compare_samplers squared_distance summary",
        "mixing": "autocorrelation_time bulk_ess kish_ess rank_rhat tail_ess",
        "ranks": "STATED central reliability uniform_probability",
        "run_moments": "moment_rhat rhat_by_chance",
        "speed": "cpu_seconds samples_per_second",
    },
)
