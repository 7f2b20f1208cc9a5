"""Same seeds, same numbers, whatever the order of jobs; other seeds, other numbers.

With the same number of threads, that is: sums of torch and BLAS are made of as many parts as there
are threads, and round accordingly.
"""

import compare_runs
from smoke_runs import (
    CHAIN,
    DESCENT,
    EMULATOR,
    LATENT,
    RECEIVERS,
    RING,
    TARGETS,
    copied,
    run,
)

GAN = "results/santos2024/gan/generator.safetensors"
VAE = "results/lopez_alvis2021/vae.safetensors"
# What a job makes from those before it; they are as in the first run.
MADE_AGAIN = [RING, CHAIN, GAN, "results/santos2024/table_errors.csv", LATENT, VAE, DESCENT]
MADE_AGAIN += [RECEIVERS[0], EMULATOR]


def test_a_second_run_gives_the_same_bits_whatever_the_order_of_jobs(whole, tmp_path):
    folder = copied(whole, tmp_path)
    for file in MADE_AGAIN:
        (folder / file).unlink()
    before = {file: (whole / file).stat().st_mtime_ns for file in MADE_AGAIN}
    # two jobs at a time, in another order, each on one thread as in the first run
    targets = [*reversed(TARGETS), GAN, VAE]
    done = run(folder, *targets, cores=2, options=["--max-threads", "1"])
    assert done.returncode == 0, done.stderr
    assert all((folder / file).stat().st_mtime_ns > when for file, when in before.items())
    counts, differences = compare_runs.compare(whole / "results", folder / "results")
    assert not differences
    assert len(counts) > len(TARGETS)


def test_another_seed_gives_other_numbers(whole, tmp_path):
    more = tmp_path / "seed.yaml"
    more.write_text("seed: 7")
    targets = [RING, GAN, VAE, RECEIVERS[0]]
    done = run(tmp_path, *targets, cores=2, more=[more])
    assert done.returncode == 0, done.stderr
    _, differences = compare_runs.compare(whole / "results", tmp_path / "results")
    changed = {f"results/{name}" for name, key in differences if "attribute" not in key and key}
    assert {*targets, "results/santos2024/prior/images.nc"} <= changed
