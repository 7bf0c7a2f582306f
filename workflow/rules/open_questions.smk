# Study 4, the questions that the papers leave open: neurons and their cycles. The systems are so
# small that a graphics card would only slow them down: the jobs compute on the processor.
for name, second in QUESTIONS_PAIRS.items():

    rule:
        name:
            name
        output:
            **table(f"open_questions/data/{name}"),
            **table(f"open_questions/data/{second}", second),
        log:
            logs(f"open_questions/{name}"),
        benchmark:
            benchmarks(f"open_questions/{name}")
        conda:
            "../../environment.yml"
        params:
            code=code_of(f"open_questions/{name}.py"),
            settings=questions.parameters(name),
            program=f"open_questions/{name}.py",
        script:
            # Put together when the job runs, after this loop.
            "../../scripts/{params.program}"


for name in QUESTIONS_TABLES:

    rule:
        name:
            name
        output:
            **table(f"open_questions/data/{name}"),
        log:
            logs(f"open_questions/{name}"),
        benchmark:
            benchmarks(f"open_questions/{name}")
        conda:
            "../../environment.yml"
        params:
            code=code_of(f"open_questions/{name}.py"),
            settings=questions.parameters(name),
            program=f"open_questions/{name}.py",
        script:
            # Put together when the job runs, after this loop.
            "../../scripts/{params.program}"
