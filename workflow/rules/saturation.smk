# Study 1, activation saturation: networks, what is computed of each chunk of their replicates, tables.
rule train_stuart_landau:
    output:
        **table("saturation/parts/training/{network}/{chunk}"),
        initial=f"{SATURATION}/training/{{network}}/{{chunk}}.initial.safetensors",
        halfway=f"{SATURATION}/training/{{network}}/{{chunk}}.halfway.safetensors",
        final=f"{SATURATION}/training/{{network}}/{{chunk}}.final.safetensors",
        weights_record=f"{SATURATION}/training/{{network}}/{{chunk}}.json",
    log:
        logs("saturation/train_stuart_landau/{network}/{chunk}"),
    benchmark:
        benchmarks("saturation/train_stuart_landau/{network}/{chunk}")
    conda:
        "../../environment.yml"
    params:
        code=code_of("saturation/train_stuart_landau.py"),
        device=settings.device,
        seeds=seeds,
        # Not how many seeds there are: a further one leaves the others as they were.
        network=lambda wildcards: study.networks[wildcards.network].model_dump(exclude={"seeds"}),
        settings=dict(system=SYSTEM, training=study.training.model_dump()),
    script:
        "../../scripts/saturation/train_stuart_landau.py"


rule freeze_weights:
    input:
        trained=lambda wildcards: expand(
            f"{SATURATION}/training/{wildcards.network}/{{chunk}}.{{stage}}.safetensors",
            chunk=chunks(wildcards.network),
            stage=STAGES,
        ),
    output:
        weights=expand(f"{SATURATION}/weights/{{{{network}}}}/{{stage}}.safetensors", stage=STAGES),
        records=expand(f"{SATURATION}/weights/{{{{network}}}}/{{stage}}.json", stage=STAGES),
    log:
        logs("saturation/freeze_weights/{network}"),
    benchmark:
        benchmarks("saturation/freeze_weights/{network}")
    conda:
        "../../environment.yml"
    params:
        code=code_of("saturation/freeze_weights.py"),
    script:
        "../../scripts/saturation/freeze_weights.py"


for name, (tables, sources, parameters) in TABLES_OF_CHUNKS.items():

    rule:
        name:
            name
        input:
            **sources,
            weights=frozen_weights,
        output:
            **tables,
        log:
            logs(f"saturation/{name}/{{network}}/{{chunk}}"),
        benchmark:
            benchmarks(f"saturation/{name}/{{network}}/{{chunk}}")
        conda:
            "../../environment.yml"
        params:
            **parameters,
            code=code_of(f"saturation/{name}.py"),
            device=settings.device,
            program=f"saturation/{name}.py",
        script:
            # Put together when the job runs, after this loop.
            "../../scripts/{params.program}"


rule sensitivity:
    output:
        **table("saturation/parts/sensitivity/{network}/all"),
    log:
        logs("saturation/sensitivity/{network}"),
    benchmark:
        benchmarks("saturation/sensitivity/{network}")
    conda:
        "../../environment.yml"
    params:
        code=code_of("saturation/sensitivity.py"),
        device=settings.device,
        variants=lambda wildcards: study.sensitivity_variants(wildcards.network),
        settings=dict(
            seeds=list(range(study.sensitivity.seeds)),
            system=SYSTEM,
            training=study.training.model_dump(),
            regions=REGIONS,
            region=study.seed_spread.region,
            determinant_scales=study.seed_spread.determinant_scales,
            improvement_scale=study.seed_spread.improvement_scale,
            levels=study.sensitivity.levels,
        ),
    script:
        "../../scripts/saturation/sensitivity.py"


for name, (program, sources, parameters) in SINGLE_TABLES.items():

    rule:
        name:
            name
        input:
            **sources,
        output:
            **table(f"saturation/data/{name.removeprefix('table_')}"),
        log:
            logs(f"saturation/{name}"),
        benchmark:
            benchmarks(f"saturation/{name}")
        conda:
            "../../environment.yml"
        params:
            **parameters,
            code=code_of(f"saturation/{program}.py"),
            program=f"saturation/{program}.py",
        script:
            "../../scripts/{params.program}"


for name, (sources, parameters) in PAPER_TABLES.items():

    rule:
        name:
            name
        input:
            **sources,
        output:
            **table(f"saturation/tables/{name}"),
            latex=f"{SATURATION}/tables/{name}.tex",
        log:
            logs(f"saturation/{name}"),
        benchmark:
            benchmarks(f"saturation/{name}")
        conda:
            "../../environment.yml"
        params:
            code=code_of("saturation/paper_tables.py"),
            settings=dict(**parameters, scales=study.table_scales),
        script:
            "../../scripts/saturation/paper_tables.py"
