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


rule train_morris_lecar:
    output:
        **table("open_questions/parts/morris_lecar_training/{protocol}/{chunk}"),
        weights=trained_on_morris_lecar("{{protocol}}", "{{chunk}}"),
        weights_record=f"{QUESTIONS}/training/{{protocol}}/{{chunk}}.json",
    log:
        logs("open_questions/train_morris_lecar/{protocol}/{chunk}"),
    benchmark:
        benchmarks("open_questions/train_morris_lecar/{protocol}/{chunk}")
    wildcard_constraints:
        protocol=one_of(PROTOCOLS),
    conda:
        "../../environment.yml"
    params:
        code=code_of("open_questions/train_morris_lecar.py"),
        seeds=seeds,
        settings=lambda wildcards: questions.training_parameters(wildcards.protocol),
    script:
        "../../scripts/open_questions/train_morris_lecar.py"


rule morris_lecar_networks:
    input:
        weights=lambda wildcards: trained_on_morris_lecar(wildcards.protocol, wildcards.chunk),
        training=f"{QUESTIONS}/parts/morris_lecar_training/{{protocol}}/{{chunk}}.csv",
        targets=f"{QUESTIONS}/data/companion_orbits.csv",
    output:
        **table("open_questions/parts/morris_lecar_networks/{protocol}/{chunk}"),
    log:
        logs("open_questions/morris_lecar_networks/{protocol}/{chunk}"),
    benchmark:
        benchmarks("open_questions/morris_lecar_networks/{protocol}/{chunk}")
    conda:
        "../../environment.yml"
    params:
        code=code_of("open_questions/morris_lecar_networks.py"),
        networks=list(questions.morris_lecar.networks),
        settings=lambda wildcards: questions.measuring_parameters(wildcards.protocol),
    script:
        "../../scripts/open_questions/morris_lecar_networks.py"


rule morris_lecar:
    input:
        weights=[
            file
            for protocol in PROTOCOLS
            for file in trained_on_morris_lecar(protocol, TRAINED_CHUNKS[0])
        ],
        networks=f"{QUESTIONS}/data/morris_lecar_networks.csv",
    output:
        **table("open_questions/data/morris_lecar"),
    log:
        logs("open_questions/morris_lecar"),
    benchmark:
        benchmarks("open_questions/morris_lecar")
    conda:
        "../../environment.yml"
    params:
        code=code_of("open_questions/morris_lecar.py"),
        protocols=list(PROTOCOLS),
        networks=list(questions.morris_lecar.networks),
        settings=questions.shown_parameters(),
    script:
        "../../scripts/open_questions/morris_lecar.py"


if questions.companion:

    rule companion_networks:
        input:
            weights=[network.file for network in companion_networks(questions.companion)],
            targets=f"{QUESTIONS}/data/companion_orbits.csv",
        output:
            **table("open_questions/data/companion_networks"),
        log:
            logs("open_questions/companion_networks"),
        benchmark:
            benchmarks("open_questions/companion_networks")
        conda:
            "../../environment.yml"
        params:
            code=code_of("open_questions/companion_networks.py"),
            networks=[tuple(network) for network in companion_networks(questions.companion)],
            scaling=companion_scaling(questions.companion),
            settings=questions.companion_parameters(),
        script:
            "../../scripts/open_questions/companion_networks.py"


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


for name in SEEDED_TABLES:

    rule:
        name:
            name
        output:
            **table(f"open_questions/parts/{name}/{{chunk}}"),
        log:
            logs(f"open_questions/{name}/{{chunk}}"),
        benchmark:
            benchmarks(f"open_questions/{name}/{{chunk}}")
        conda:
            "../../environment.yml"
        params:
            code=code_of(f"open_questions/{name}.py"),
            seeds=seeds,
            settings=questions.parameters(name),
            program=f"open_questions/{name}.py",
        script:
            "../../scripts/{params.program}"


for name, whole in SUMMED_UP.items():

    rule:
        name:
            name
        input:
            table=f"{QUESTIONS}/data/{whole}.csv",
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
            program=f"open_questions/{name}.py",
        script:
            "../../scripts/{params.program}"
