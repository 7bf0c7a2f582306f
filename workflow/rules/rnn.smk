# Study 2, skew-symmetric recurrent networks: a rule for each table, then one for each figure.
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
            # The script's path is put together when the job runs, after this loop.
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
                subcategory="Figures",
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
