"""Files that somebody brings: believed in what they say of themselves, and in nothing else."""

__all__ = ["foreign", "formats", "tables", "unified_data", "units"]
