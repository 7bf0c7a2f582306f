# Whether the results of a run are still what was written.
localrules:
    verify,


# No result is an input here, or Snakemake would first make anew what was edited or is missing; and
# there is no output, not even a benchmark, which would be taken as done the next time.
rule verify:
    log:
        # Not among the results, which may be an archive that nothing can be written to.
        ".snakemake/log/verify.log",
    conda:
        "../../environment.yml"
    params:
        code=code_of("verify.py"),
        records=[MANIFEST],
    script:
        "../../scripts/verify.py"
