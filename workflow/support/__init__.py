"""What rules and scripts share and the library does not know: config, jobs, provenance, papers."""
