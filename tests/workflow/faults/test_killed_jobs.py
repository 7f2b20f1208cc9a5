"""kill -9 of sampling and simulation jobs: the next run ends as if nothing had happened."""

import compare_runs
import pytest
from smoke_runs import CHAIN, DESCENT, LATENT, RECEIVERS, copied, kill_during, run


@pytest.mark.parametrize(
    ("target", "script", "checkpoint", "words"),
    [
        (CHAIN, "cmb_chain", CHAIN.replace(".nc", ".checkpoint.nc"), "chain 0: resumed"),
        (LATENT, "chains", f"{LATENT}.checkpoint", "2 chains: continuing from step"),
    ],
    ids=["trans-dimensional", "latent"],
)
def test_killed_sampling_goes_on_to_the_same_samples(
    whole, tmp_path, target, script, checkpoint, words
):
    folder = copied(whole, tmp_path)
    (folder / target).unlink()
    checkpoint = folder / checkpoint
    kill_during(folder, target, script, checkpoint.exists)
    assert checkpoint.exists() and not (folder / target).exists()
    again = run(folder, target)
    assert again.returncode == 0, again.stderr
    assert any(words in log.read_text() for log in (folder / "logs").rglob("*.log"))
    counts, differences = compare_runs.compare(whole / "results", folder / "results")
    assert not differences and target.removeprefix("results/") in counts
    assert not checkpoint.exists()


def test_a_machine_that_goes_down_during_an_inversion(whole, tmp_path):
    """Snakemake is killed as well: its folder stays locked, and it says what to do."""
    folder = copied(whole, tmp_path)
    (folder / DESCENT).unlink()
    checkpoint = folder / DESCENT.replace(".nc", ".checkpoint.0")
    kill_during(folder, DESCENT, "linear_case", checkpoint.exists, killed="machine")
    assert checkpoint.exists() and not (folder / DESCENT).exists()
    locked = run(folder, DESCENT)
    assert locked.returncode != 0 and "--unlock" in locked.stderr
    assert run(folder, options=["--unlock"]).returncode == 0
    again = run(folder, DESCENT)
    assert again.returncode == 0, again.stderr
    log = folder / "logs/lopez_alvis2021/linear_VSbrd.log"
    assert "continuing from iteration" in log.read_text()
    counts, differences = compare_runs.compare(whole / "results", folder / "results")
    assert not differences and DESCENT.removeprefix("results/") in counts


def test_a_killed_simulation_leaves_nothing_and_the_other_receivers_alone(whole, tmp_path):
    """A simulation has no checkpoint: that of this receiver is done again."""
    folder = copied(whole, tmp_path)
    log = folder / "logs/spurio_mancini2021/traces_1.log"
    made = folder / "results/spurio_mancini2021"
    outputs = [*(made / "traces").glob("*_1.*"), *(made / "greens").glob("*_1.*")]
    assert len(outputs) >= 3  # traces, what they cost, and fields of Green's functions
    for file in (*outputs, log):
        file.unlink()
    before = (folder / RECEIVERS[0]).stat().st_mtime_ns
    # the last line before the simulation starts
    kill_during(
        folder, RECEIVERS[1], "traces", lambda: log.exists() and "Vs raised" in log.read_text()
    )
    assert not any(file.exists() for file in outputs)
    again = run(folder, *RECEIVERS)
    assert again.returncode == 0, again.stderr
    assert (folder / RECEIVERS[0]).stat().st_mtime_ns == before
    counts, differences = compare_runs.compare(whole / "results", folder / "results")
    assert not differences and RECEIVERS[1].removeprefix("results/") in counts
