"""Files that somebody brings: believed in what they say of themselves, and in nothing else."""

from latentearth._exports import lazily

__getattr__, __all__ = lazily(
    __name__,
    {
        "classic_headers": "MOST_ENTRIES MOST_NAME_BYTES SIZES refuse_classic_claims",
        "foreign": "ForeignFile NETCDF SECONDS_TO_OPEN TimeAxis UPWARD opened_foreign rising",
        "foreign_variables": "ALIASES COORDINATES ForeignVariable judged stated_unit",
        "formats": "HEAD file_format require_format",
        "local_frame": "ECCENTRICITY_SQUARED EQUATOR FLATTENING LATITUDE_ROUNDS LocalFrame",
        "quakeml": "BED CONFIDENCE QUAKEML SPHERICAL SourceDraws ellipsoid write_quakeml",
        "records": (
            "FARTHEST_STATION FEWEST_SAMPLES Records SeedRecords UNEVEN_TIMES read_picks "
            "read_records"
        ),
        "sample_weights": "SAMPLE_WEIGHTS drawn_by_weights drawn_without_repeats refuse_weights",
        "seismic_files": (
            "Catalogue SAME_RATE SEED_UNITS Station read_events read_stations read_waveforms"
        ),
        "tables": "LARGEST Table read_table read_text",
        "unified_data": "MOST SENSORS UnifiedData is_unified_data read_unified_data",
        "units": "factor parse",
    },
)
