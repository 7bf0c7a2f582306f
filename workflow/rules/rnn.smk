# Study 2, skew-symmetric recurrent networks: a rule for each table.
for name in RNN_CHUNKS:

    rule:
        name:
            name
        output:
            **table(f"rnn/parts/{name}/{{chunk}}"),
        log:
            logs(f"rnn/{name}/{{chunk}}"),
        benchmark:
            benchmarks(f"rnn/{name}/{{chunk}}")
        conda:
            "../../environment.yml"
        params:
            code=code_of(f"rnn/{name}.py"),
            program=f"rnn/{name}.py",
            seeds=seeds,
            settings=RNN_SETTINGS[name],
        script:
            # Put together when the job runs, after this loop.
            "../../scripts/{params.program}"


for name in [name for name in RNN_TABLES if name not in RNN_CHUNKS]:

    rule:
        name:
            name
        input:
            **RNN_SOURCES.get(name, {}),
        output:
            **table(f"rnn/data/{name}"),
        log:
            logs(f"rnn/{name}"),
        benchmark:
            benchmarks(f"rnn/{name}")
        conda:
            "../../environment.yml"
        params:
            code=code_of(f"rnn/{name}.py"),
            program=f"rnn/{name}.py",
            settings=RNN_SETTINGS[name],
        script:
            "../../scripts/{params.program}"
