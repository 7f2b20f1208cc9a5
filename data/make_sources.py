"""Make sources.csv from an index of the authors' public files (for maintainers).

    python data/make_sources.py INDEX.csv > data/sources.csv

The index has a row per file: paper, repository, commit, path, bytes, sha256, git_blob_sha1,
licence; size and sha256 may be empty where only the git blob id is known.
"""

import csv
import fnmatch
import re
import sys
from urllib.parse import quote

COLUMNS = (
    "name",
    "paper",
    "url",
    "commit",
    "bytes",
    "sha256",
    "git_blob_sha1",
    "licence",
    "figures",
)

# Which figures and tables of this project need a file: the first pattern that fits its path.
FIGURES = (
    ("*/mcmc_samples_pcp_dim_2_reduced_*.obj", "fig02 fig03"),
    ("*/mcmc_samples_pcp_dim_2.obj", "fig02 fig03 fig04"),
    ("*/integrals_std_array.obj", "fig03"),
    ("*/data_dict_100perc.obj", "fig05 fig06 fig08"),
    ("*/data_dict_[45]0perc.obj", "fig08"),
    ("*/data_dict_patches.obj", "fig09"),
    ("*/real_marginals.obj", "fig06 fig08"),
    ("*/fake_marginals.obj", "fig06 fig08"),
    ("*/tomo_patch_australia.pt", "fig05 fig06 fig07"),
    ("*/tomo_patch_*.pt", "fig09"),
    ("VAE/ti/ti.png", "fig05 fig07 fig08 fig09 fig10 table2 table3 table4 table_nonlinear"),
    ("VAE/*.pth", "fig05 fig07 fig08 fig09 fig10 table2 table3 table4 table_nonlinear"),
    ("SGAN/*.pth", "fig05 fig08 table3 table4"),
    ("test_models/mc2.npy", "fig07 fig08 fig09 fig10 table2 table3 table4 table_nonlinear"),
    ("test_models/m[cv][123].npy", "fig07 fig09 fig10 table2 table3 table4 table_nonlinear"),
    ("test_models/noiserealz.npy", "fig09 fig10 table3 table4 table_nonlinear"),
    ("test_models/zinitVAE500.npy", "fig08 fig09 fig10 table3 table4 table_nonlinear"),
    ("test_models/zinitSGAN500.npy", "fig08 table3 table4"),
    ("Spurio_Mancini_2021/mar_mdl1_segment1.npy", "fig07"),
    ("Spurio_Mancini_2021/coordinates_*.npy", "fig01 fig08 fig09 fig10 fig11 table1 table2"),
    ("Spurio_Mancini_2021/seismograms_*.npy", "fig01 fig08 fig09 fig10 fig11 table1 table2"),
    ("Piras_2022/data/receiver_coords.npy", "fig09 fig10 fig11 table2"),
    ("Piras_2022/data/*", ""),  # of a later paper by the group
)


def source(row: dict) -> dict:
    """One row of sources.csv from one row of the index."""
    for field, length in (("commit", 40), ("git_blob_sha1", 40), ("sha256", 64)):
        unknown = field == "sha256" and not row[field]
        if not unknown and not re.fullmatch(f"[0-9a-f]{{{length}}}", row[field]):
            raise SystemExit(f"{row['path']}: {field} {row[field]!r} is no hash")
    figures = [names for pattern, names in FIGURES if fnmatch.fnmatchcase(row["path"], pattern)]
    if not figures:
        raise SystemExit(f"{row['path']}: add a line to FIGURES")
    return {
        **{column: row.get(column, "") for column in COLUMNS},
        "name": f"{row['repository']}/{row['path']}",
        "url": "https://raw.githubusercontent.com/"
        + quote(f"{row['repository']}/{row['commit']}/{row['path']}"),
        "figures": figures[0],
    }


if __name__ == "__main__":
    with open(sys.argv[1], newline="", encoding="utf-8") as index:
        rows = [source(row) for row in csv.DictReader(index)]
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
