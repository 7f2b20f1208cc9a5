# What all rules share: the checked config, the code behind a script, what a job asks for.
import os
import re
import resource
import sys
import threading
from pathlib import Path

from snakemake.utils import update_config

ROOT = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parents[1]
CODE = {
    "latentearth": ROOT / "src",
    "support": ROOT / "workflow",
}  # packages of scripts
sys.path[:0] = map(str, CODE.values())

from support import compiled, interrupts, run_folder, start_checks  # noqa: E402
from support.code_digest import CodeDigests  # noqa: E402
from support.config import ConfigError, refuse_repeated_keys, typed, validate  # noqa: E402
from support.params import aside, hidden, section  # noqa: E402
from support.processors import gpu_found, processors  # noqa: E402
from support.provenance import git_commit  # noqa: E402

# Scripts and shell commands find this interpreter and the library, activated or not. (In conda
# mode Snakemake drops PYTHONPATH; there the library is found through sys.path, above.)
os.environ.update(
    PATH=os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")]),
    PYTHONPATH=os.pathsep.join(map(str, CODE.values())),
    # Threads wait a moment for the next piece of work, then sleep. Without the wait, small
    # pieces take twice as long; with the default one (a hundred times longer), jobs that run
    # side by side spin each other off the cores, ten times slower.
    GOMP_SPINCOUNT=os.environ.get("GOMP_SPINCOUNT", "2000"),
    # Each edit of a compiled function compiles all anew: see there.
    NUMBA_CACHE_DIR=str(compiled.folder(CODE["latentearth"] / "latentearth")),
)

try:
    run_folder.require_usable()
    refuse_repeated_keys(workflow.configfiles)
    update_config(config, typed(workflow.config_settings.config))
    settings = validate(config)
    if workflow.is_main_process:
        interrupts.hang_up_as_ctrl_c()
        places = *run_folder.MADE, run_folder.FETCHED
        present = run_folder.made_files(names=places)
        run_folder.refuse_future([*present, *run_folder.named_in(config)])
except (ConfigError, run_folder.FolderError) as error:
    raise WorkflowError(str(error))

DRY_RUN = any(re.fullmatch(r"-[a-zA-Z]*n[a-zA-Z]*|--dry-?run", word) for word in sys.argv)
if workflow.is_main_process and not run_folder.is_in_use():
    damaged = set(run_folder.damaged_files())
    for path in sorted(damaged):
        try:
            aside_path = f"{path}.damaged" if DRY_RUN else run_folder.set_aside(path)
        except OSError as error:
            raise WorkflowError(f"{path} is cut short or damaged, and stays: {error.strerror}")
        will = "would be" if DRY_RUN else "is now"
        logger.warning(f"{path} is cut short or damaged: it {will} called {aside_path}.")
    whole = set(run_folder.made_files()) - damaged
    if said := start_checks.taken_as_made(whole, settings.scale, settings.seed, git_commit):
        logger.warning(said)

# On a cluster (with a number of nodes) the GPUs are those of its nodes.
here = workflow.is_main_process and workflow.resource_settings.nodes is None
if settings.device == "cuda" and here and not gpu_found():
    raise WorkflowError("config: device: found cuda, but there is no GPU; allowed: auto or cpu")

# Jobs side by side have no more processors than there are, whatever --cores says: twice as many
# jobs would each take more than twice as long. On a cluster each job has its own.
CPUS = processors()
workflow.resourcescope(cpus="local")
if "cpus" not in workflow.global_resources:
    workflow.register_resource("cpus", CPUS)
    if (workflow.global_resources["_cores"].value or 0) > CPUS and workflow.is_main_process:
        logger.info(f"Processors for jobs side by side: {CPUS}, as this process may use.")


def own_or_shipped(path):
    "A file that the config names: in the run's folder, or else in the project's."
    shipped = ROOT / path
    return str(shipped) if shipped.exists() and not Path(path).exists() else path


def needs(mem_mb=2000, runtime=10, **more):
    """What a job asks for: memory in MB, time in minutes, and a processor per thread."""
    cpus = lambda wildcards, threads: min(threads, CPUS)  # noqa: E731
    return {"mem_mb": mem_mb, "runtime": runtime, "cpus": cpus, **more}


digests = CodeDigests(
    CODE,
    ".snakemake/code_digests.json",
    {"support.published_values": ROOT / "workflow" / "published_values"},
)


def needed_file(section, path):
    """A user's file, which one target needs and the others do not."""
    if path is None:
        example = f"--config '{section}={{file: mine.nc}}'"
        raise WorkflowError(f"config: {section}.file: found null; allowed: a path, as in {example}")
    return path


def of_project(**files):
    """Files that come with the project, as params with what they say.

    As inputs, each would make its job anew where a clone is fresh or something was moved: then
    times and paths are others.
    """
    return {**files, "contents": digests.contents(files.values())}


def at_the_start():
    """Refuse folders in which another run's jobs work on, or outputs cannot be written."""
    if not workflow.is_main_process or not workflow.execution_settings.lock:
        return
    try:
        start_checks.refuse_jobs_at_work()
        outputs = (file for job in workflow.dag.needrun_jobs() for file in job.output)
        start_checks.refuse_unwritable({Path(file).parent for file in outputs})
    except run_folder.FolderError as error:
        raise WorkflowError(str(error))


def at_the_end():
    """Say what the run took, and stop the scheduler's timers, which would keep Snakemake alive."""
    times = [resource.getrusage(who) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
    jobs, own = (t.ru_utime + t.ru_stime for t in times)
    logger.info(f"Processor time: {jobs:.0f} s of jobs, {own:.0f} s of Snakemake itself.")
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()


def complete_rules():
    """Give all rules a benchmark named like the log, and a digest of the code.

    The digest, of the script and of the modules behind it, is a param.
    """
    for each in workflow.rules:
        folder = Path(each.basedir.get_path_or_uri(secret_free=True))
        if not each.script or not folder.is_relative_to(ROOT) or "code" in each.params.keys():
            continue
        script = folder / each.script.format(params=each.params)
        each.set_params(code=digests.digest(script.resolve()))
        each.benchmark_modifier = each.log_modifier
        each.benchmark = str(each.log[0]).replace("logs", "benchmarks", 1).replace(".log", ".tsv")
    digests.save()


def common(**more):
    """Params that every result's provenance needs, and those of the rule."""
    return {"seed": settings.seed, "scale": settings.scale, **more}


def gpus():
    """One GPU for a training rule, unless the config keeps it on the CPU."""
    return 0 if settings.device == "cpu" else 1


PAPERS = {
    "scheiter2022": "Scheiter et al. (2022)",
    "santos2024": "Santos et al. (2024)",
    "lopez_alvis2021": "Lopez-Alvis et al. (2021)",
    "spurio_mancini2021": "Spurio Mancini et al. (2021)",
}
TARGETS = {paper: [] for paper in PAPERS}  # what a paper's target asks for
FIGURES = {paper: {} for paper in PAPERS}  # rows for figures.smk, by name


def figure(
    text, /, *, place="", to="", script="", env="figures", params=None, wanted=True, **given
):
    """A row of a paper's table of figures: one output that a script draws from its inputs.

    text: what `snakemake --list` says. place: where the report shows it; fig09 is Figure 9 and
    table2 Table 2 anyway. to: the output, if not figures/<paper>/<row>.png. script: if not named
    like the row. wanted: whether the paper's target asks for it. given: the inputs.
    """
    row = {"text": text, "place": place, "to": to, "script": script, "env": env, "wanted": wanted}
    return {**row, "params": params or {}, "given": given}


def place_of(name):
    """The figure or table of the paper that a row is named after."""
    kind, number = re.fullmatch(r"(fig|table)0?([A-Z]?\d+)", name).groups()
    return f"{'Figure' if kind == 'fig' else 'Table'} {number}"


REPORTING = any(word.startswith("--report") for word in sys.argv)
if REPORTING:
    from support.report import describe


def shown(path, name):
    """A figure or table in the report: gallery of its paper, caption, verdicts on its claims."""
    paper, file = Path(path).parts[1], Path(path)
    return report(
        path,
        caption=f"../report/{paper}/{file.stem}.rst",
        category=PAPERS[paper],
        labels={"figure": describe(path, name, config) if REPORTING else name},
    )
