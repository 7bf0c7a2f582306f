# The manifest of a run's results, and whether they are still what was written.
MANIFEST = "results/manifest.json"


localrules:
    manifest,
    verify,


rule manifest:
    input:
        code=code_of("integrity/manifest.py"),
        results=everything(),
    output:
        record=MANIFEST,
    log:
        "results/integrity/logs/manifest.log",
    benchmark:
        "results/integrity/benchmarks/manifest.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    script:
        "../../scripts/integrity/manifest.py"


# No result is an input here, or Snakemake would first make anew what was edited or is missing; and
# there is no output, not even a benchmark, which would be taken as done the next time.
rule verify:
    input:
        code=code_of("integrity/verify.py"),
    log:
        # Not among the results, which may be an archive that nothing can be written to.
        ".snakemake/log/verify.log",
    conda:
        "../../environment.yml"
    threads: 1
    params:
        # The page is made beside the manifest; its own record tells about it.
        records=[MANIFEST, *records_of([PAGE])],
    script:
        "../../scripts/integrity/verify.py"
