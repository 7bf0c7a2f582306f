"""Everything that knows Snakemake, the records of results or the disk."""
