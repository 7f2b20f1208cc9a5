"""Findings of Scheiter et al. (2022), appendix B: standard GANs and WGANs by dimension."""

from collections.abc import Iterator
from typing import Any

from support.ledger.forms import (
    Finding,
    Measured,
    Need,
    Null,
    Provided,
    at_least,
    at_most,
    defined,
)

FILE = "appendix_b.nc"
FIGURE = 'figure "Beyond: appendix B"'
TWO_NUMBERS, EXACT = "two numbers per coordinate", "exact samples"
HALF = defined("Half of what two numbers leave is the most that we would call good.")


def end(kind: str, score: str, dimension: int | None = None) -> Any:
    """A score of networks of a kind at the end of their training, in a dimension or over all."""

    def value(d: Any) -> Any:
        last = d[score].sel(kind=kind).isel(step=-1)
        return (last if dimension is None else last.where(d.dimension == dimension)).mean()

    return value


def unlearned(null: str, score: str, dimension: int | None = None) -> Any:
    """The same of what needs no training."""

    def value(d: Any) -> Any:
        found = d[f"null_{score}"].sel(null=null)
        return (found if dimension is None else found.where(d.dimension == dimension)).mean()

    return value


def half(dimension: int) -> Any:
    """Half of the distance of two numbers per coordinate."""
    return lambda d: unlearned(TWO_NUMBERS, "emd", dimension)(d) / 2


def diverged(kind: str) -> Any:
    """Share of networks that knew half of the correlation, and end a fifth further than their best.

    Two numbers per coordinate know nothing of it.
    """

    def value(d: Any) -> Any:
        emd, error = d.emd.sel(kind=kind), d.correlation_error.sel(kind=kind)
        came = error.min("step") < d.null_correlation_error.sel(null=TWO_NUMBERS) / 2
        return (came & (emd.isel(step=-1) > 1.2 * emd.min("step"))).mean()

    return value


def dimensions(*wanted: int) -> Need:
    """The config has networks in these dimensions."""
    text = f"networks in {', '.join(map(str, wanted))} dimensions (appendix_b)"
    return Need(text, lambda config: {*wanted} <= {*config.scheiter2022.appendix_b.dimensions})


def standard() -> Iterator[Finding]:
    """Up to which dimension a standard GAN performs well."""
    for dimension in (50, 100):
        yield Finding(
            id=f"standard-gan-{dimension}",
            where=f"Appendix B; {FIGURE}",
            statement=f"A standard GAN performs well up to 50 to 100 dimensions; here {dimension}.",
            published="good performance",
            unit="(EMD of the marginals, phases at -1 and 1)",
            reads=FILE,
            ours=end("GAN", "emd", dimension),
            test=at_most(half(dimension), HALF),
            null=Null("Gaussian", unlearned("Gaussian", "emd", dimension)),
            differs=Measured(
                "It ends at {:.2f} where two numbers per coordinate have {:.2f}, a copula {:.3f} "
                "and exact samples {:.3f}; in two dimensions at {:.2f}. Its error of neighbours' "
                "correlation is {:.2f}, a WGAN's {:.2f} (appendix_b.nc).",
                (
                    end("GAN", "emd", dimension),
                    unlearned(TWO_NUMBERS, "emd", dimension),
                    unlearned("Gaussian copula", "emd", dimension),
                    unlearned(EXACT, "emd", dimension),
                    end("GAN", "emd", 2),
                    end("GAN", "correlation_error", dimension),
                    end("WGAN", "correlation_error", dimension),
                ),
            ),
            needs=(dimensions(2, dimension),),
        )


def trainings() -> Iterator[Finding]:
    """How trainings end, and what they lose."""
    yield Finding(
        id="standard-gan-diverges",
        where=f"Appendix B; {FIGURE}",
        statement="GANs are prone to diverge again after previous convergence.",
        published="prone to diverge",
        unit="(share of networks that end a fifth further than at their best)",
        reads=FILE,
        ours=diverged("GAN"),
        test=at_least(0.25, defined("One of four is the least that we would call prone.")),
        null="nothing that needs no training can diverge",
        differs=Measured(
            "Of standard GANs {:.2f} knew half of the correlation and end a fifth further than at "
            "their best, of WGANs {:.2f} (appendix_b.nc: emd, correlation_error).",
            (diverged("GAN"), diverged("WGAN")),
        ),
        note="Converged: at some look half of the correlation of neighbours is there.",
    )
    yield Finding(
        id="wgan-converges-better",
        where=f"Section 4.4, appendix B; {FIGURE}",
        statement="WGANs have better convergence characteristics than standard GANs.",
        published="better",
        unit="(error of neighbours' correlation at the end, mean of all dimensions)",
        reads=FILE,
        ours=end("WGAN", "correlation_error"),
        test=at_most(end("GAN", "correlation_error"), defined("Trained alike: no worse.")),
        null=Null(TWO_NUMBERS, unlearned(TWO_NUMBERS, "correlation_error")),
        provided=(
            Provided(
                "it has learned more of the correlations than it lacks",
                end("WGAN", "correlation_error"),
                at_most(
                    lambda d: unlearned(TWO_NUMBERS, "correlation_error")(d) / 2,
                    defined("Half of the correlation, of which two numbers have none."),
                ),
            ),
        ),
        differs=Measured(
            "Correlations of neighbours are off by {:.2f} (WGANs) and {:.2f} (GANs), marginals by "
            "{:.2f} and {:.2f}, those of two numbers per coordinate by {:.2f} (appendix_b.nc).",
            (
                end("WGAN", "correlation_error"),
                end("GAN", "correlation_error"),
                end("WGAN", "emd"),
                end("GAN", "emd"),
                unlearned(TWO_NUMBERS, "emd"),
            ),
        ),
    )


def losses() -> Iterator[Finding]:
    """What a mixture of narrow densities loses."""
    yield Finding(
        id="wgan-two-phases-lost",
        where=f"Section 4.2, appendix B; {FIGURE}",
        statement="Multimodal marginals may not be captured sufficiently; here by WGANs.",
        published="not able to capture them sufficiently",
        unit="(share of values between the phases, 10 dimensions)",
        reads=FILE,
        ours=end("WGAN", "between", 10),
        test=at_least(
            lambda d: 2 * unlearned(EXACT, "between", 10)(d),
            defined("Twice what lies there."),
        ),
        null=Null("Gaussian copula", unlearned("Gaussian copula", "between", 10)),
        provided=(
            Provided(
                "it has learned how neighbours correlate",
                end("WGAN", "correlation_error", 10),
                at_most(
                    lambda d: unlearned(TWO_NUMBERS, "correlation_error", 10)(d) / 4,
                    defined("A quarter of the correlation, of which two numbers have none."),
                ),
            ),
        ),
        needs=(dimensions(10),),
    )


FINDINGS = [*standard(), *trainings(), *losses()]
