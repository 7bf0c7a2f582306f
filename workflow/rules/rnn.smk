# Study 2, skew-symmetric recurrent networks: a rule for each table, then one for each figure.
RNN = "results/rnn"
RNN_SETTINGS = {table: settings.rnn.parameters(table) for table in type(settings.rnn).model_fields}
RNN_TABLES = [*RNN_SETTINGS, "theory"]
RNN_FIGURES = [table for table in RNN_SETTINGS if table not in ("periods", "invariants")]
# Tables that are made from the files of others.
RNN_SOURCES = {"period_backbone": dict(periods=f"{RNN}/data/periods.csv")}
# Tables that are computed for chunks of the seeds, and what else their jobs need to know.
RNN_CHUNKS = {
    table: seed_chunks(block.seeds, block.seeds_per_job)
    for table, block in settings.rnn
    if table in ("scaling_study", "lyapunov")
}
RNN_SETTINGS["lyapunov"]["replicates"] = settings.rnn.lyapunov.seeds


def rnn_parts(suffix):
    """The parts of a table, of all chunks, in order."""

    def of(wildcards):
        chunks = RNN_CHUNKS[wildcards.table]
        return expand(f"{RNN}/parts/{wildcards.table}/{{chunk}}.{suffix}", chunk=chunks)

    return of


def rnn_results():
    parts = [f"{table}/{chunk}" for table in RNN_CHUNKS for chunk in RNN_CHUNKS[table]]
    return [
        *expand(f"{RNN}/parts/{{part}}.{{suffix}}", part=parts, suffix=TABLE),
        *expand(f"{RNN}/data/{{table}}.{{suffix}}", table=RNN_TABLES, suffix=TABLE),
        *expand(f"{RNN}/figures/{{name}}.{{suffix}}", name=RNN_FIGURES, suffix=FIGURE),
    ]


for table in RNN_CHUNKS:

    rule:
        name:
            table
        input:
            code=code_of(f"rnn/{table}.py"),
        output:
            table=f"{RNN}/parts/{table}/{{chunk}}.csv",
            record=f"{RNN}/parts/{table}/{{chunk}}.json",
        log:
            f"{RNN}/logs/{table}/{{chunk}}.log",
        benchmark:
            f"{RNN}/benchmarks/{table}/{{chunk}}.tsv"
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            **costs(table),
        params:
            table=table,
            seeds=seeds,
            settings=RNN_SETTINGS[table],
        script:
            "../../scripts/rnn/{params.table}.py"


rule collect_seeds:
    input:
        code=code_of("rnn/collect_seeds.py"),
        tables=rnn_parts("csv"),
        records=rnn_parts("json"),
    output:
        table=f"{RNN}/data/{{table}}.csv",
        record=f"{RNN}/data/{{table}}.json",
    log:
        f"{RNN}/logs/collect_seeds/{{table}}.log",
    benchmark:
        f"{RNN}/benchmarks/collect_seeds/{{table}}.tsv"
    wildcard_constraints:
        table=one_of(RNN_CHUNKS),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("collect_seeds"),
    script:
        "../../scripts/rnn/collect_seeds.py"


for table in [table for table in RNN_TABLES if table not in RNN_CHUNKS]:

    rule:
        name:
            table
        input:
            **RNN_SOURCES.get(table, {}),
            code=code_of(f"rnn/{table}.py"),
        output:
            table=f"{RNN}/data/{table}.csv",
            record=f"{RNN}/data/{table}.json",
        log:
            f"{RNN}/logs/{table}.log",
        benchmark:
            f"{RNN}/benchmarks/{table}.tsv"
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            **costs(table),
        params:
            # The script's path is put together when the job runs, after this loop.
            table=table,
            settings=RNN_SETTINGS.get(table, {}),
        script:
            "../../scripts/rnn/{params.table}.py"


for figure in RNN_FIGURES:

    rule:
        name:
            f"draw_{figure}"
        input:
            code=code_of(f"rnn/draw_{figure}.py"),
            table=f"{RNN}/data/{figure}.csv",
        output:
            record=f"{RNN}/figures/{figure}.json",
            pdf=f"{RNN}/figures/{figure}.pdf",
            png=report(
                f"{RNN}/figures/{figure}.png",
                caption=f"../report/rnn/{figure}.rst",
                category="Recurrent networks",
                labels={"figure": figure},
            ),
        log:
            f"{RNN}/logs/draw_{figure}.log",
        benchmark:
            f"{RNN}/benchmarks/draw_{figure}.tsv"
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            **costs(f"draw_{figure}"),
        params:
            figure=figure,
            style=settings.style.model_dump(),
        script:
            "../../scripts/rnn/draw_{params.figure}.py"
