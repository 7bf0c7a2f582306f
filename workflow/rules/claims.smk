# The ledger: every claim of the papers whose studies run, judged against the tables of this run.
CLAIMS = "results/claims"
CLAIMS_RESULTS = expand(f"{CLAIMS}/claims.{{suffix}}", suffix=[*TABLE, "tex", "yaml"])


localrules:
    claims,


rule judge_claims:
    input:
        claims=expand("config/claims/{study}.yaml", study=settings.studies),
        tables=[file for file in study_results() if file.endswith(".csv") and "/data/" in file],
    output:
        **table("claims/claims"),
        macros=f"{CLAIMS}/claims.tex",
        # The claims as they were judged.
        entries=f"{CLAIMS}/claims.yaml",
    log:
        logs("claims/judge_claims"),
    benchmark:
        benchmarks("claims/judge_claims")
    conda:
        "../../environment.yml"
    params:
        code=code_of("claims/judge_claims.py"),
        others=NOT_SHIPPED,
    script:
        "../../scripts/claims/judge_claims.py"


# Prints a line for each claim; fails where a verdict is not the expected one.
rule claims:
    input:
        table=f"{CLAIMS}/claims.csv",
    log:
        ".snakemake/log/claims.log",
    conda:
        "../../environment.yml"
    params:
        code=code_of("claims/print_ledger.py"),
    script:
        "../../scripts/claims/print_ledger.py"
