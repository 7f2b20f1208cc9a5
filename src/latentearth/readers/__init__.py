"""Files that somebody brings: believed in what they say of themselves, and in nothing else."""

from latentearth._exports import lazily

__getattr__, __all__ = lazily(
    __name__,
    {
        "foreign": (
            "ALIASES COORDINATES ForeignFile ForeignVariable NETCDF TimeAxis opened_foreign rising"
        ),
        "formats": "HEAD file_format require_format",
        "tables": "LARGEST Table read_table read_text",
        "unified_data": "MOST SENSORS UnifiedData is_unified_data read_unified_data",
        "units": "factor parse",
    },
)
