# The files of study 2: tables, figures, and the parts of tables that are computed in chunks.
RNN = "results/rnn"
RNN_SETTINGS = {table: settings.rnn.parameters(table) for table in type(settings.rnn).model_fields}
RNN_TABLES = list(RNN_SETTINGS)
RNN_FIGURES = [table for table in RNN_TABLES if table not in ("periods", "invariants", "theory")]
# Tables that are made from the files of others.
RNN_SOURCES = {"period_backbone": dict(periods=f"{RNN}/data/periods.csv")}
# Tables that are computed for chunks of the seeds, and what else their jobs need to know.
RNN_CHUNKS = {
    table: seed_chunks(block.seeds, block.seeds_per_job)
    for table, block in settings.rnn
    if table in ("scaling_study", "lyapunov")
}


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
