# Study 4, the questions that the papers leave open: neurons and their cycles. The systems are so
# small that a graphics card would only slow them down: the jobs compute on the processor.
rule current_diagram:
    output:
        **table("open_questions/data/current_diagram"),
        **table("open_questions/data/bifurcations", "bifurcations"),
    log:
        logs("open_questions/current_diagram"),
    benchmark:
        benchmarks("open_questions/current_diagram")
    conda:
        "../../environment.yml"
    params:
        code=code_of("open_questions/current_diagram.py"),
        settings=questions.parameters("current_diagram"),
    script:
        "../../scripts/open_questions/current_diagram.py"


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
