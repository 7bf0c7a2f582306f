# The files of study 2: tables, figures, and the parts of tables that are computed in chunks.
RNN = "results/rnn"
RNN_SETTINGS = {table: settings.rnn.parameters(table) for table in type(settings.rnn).model_fields}
RNN_TABLES = list(RNN_SETTINGS)
# Tables that are made from the files of others.
RNN_SOURCES = {"period_backbone": dict(periods=f"{RNN}/data/periods.csv")}
# Tables that are computed for chunks of the seeds, whose rows of all seeds belong together.
RNN_CHUNKS = {
    name: seed_chunks(block.seeds, block.seeds_per_job)
    for name, block in settings.rnn
    if name in ("scaling_study", "lyapunov")
}
for name, chunks_of_seeds in RNN_CHUNKS.items():
    JOINED[f"rnn/{name}"] = [f"rnn/parts/{name}/{chunk}" for chunk in chunks_of_seeds]
    GROUPS[name] = ["form", "n", "scaling"]


def rnn_results():
    return [
        *expand("results/{part}.{suffix}", part=joined_parts("rnn"), suffix=TABLE),
        *expand(f"{RNN}/data/{{table}}.{{suffix}}", table=RNN_TABLES, suffix=TABLE),
        *figure_files("rnn"),
    ]
