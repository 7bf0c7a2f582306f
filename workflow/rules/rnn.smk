# Study 2, skew-symmetric recurrent networks: a rule for each table, then one for each figure.
RNN = "results/rnn"
RNN_SETTINGS = {table: settings.rnn.parameters(table) for table in type(settings.rnn).model_fields}
RNN_TABLES = [*RNN_SETTINGS, "theory"]
RNN_FIGURES = [table for table in RNN_SETTINGS if table not in ("periods", "invariants")]
# Tables that are made from the files of others.
RNN_SOURCES = {"period_backbone": dict(periods=f"{RNN}/data/periods.csv")}


def rnn_results():
    return [
        *expand(f"{RNN}/data/{{table}}.{{suffix}}", table=RNN_TABLES, suffix=["csv", "json"]),
        *expand(f"{RNN}/figures/{{name}}.{{suffix}}", name=RNN_FIGURES, suffix=["pdf", "png"]),
    ]


for table in RNN_TABLES:

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
        params:
            figure=figure,
            style=settings.style.model_dump(),
        script:
            "../../scripts/rnn/draw_{params.figure}.py"
