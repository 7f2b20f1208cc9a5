"""What only rules and scripts import: it knows the papers, the config and the folder of results."""
