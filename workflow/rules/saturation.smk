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


rule sweep_scale:
    input:
        weights=frozen_weights,
    output:
        **table("saturation/parts/saturation_by_layer/{network}/{chunk}"),
        **table("saturation/parts/jacobian_norm/{network}/{chunk}", "norms"),
    log:
        logs("saturation/sweep_scale/{network}/{chunk}"),
    benchmark:
        benchmarks("saturation/sweep_scale/{network}/{chunk}")
    conda:
        "../../environment.yml"
    params:
        code=code_of("saturation/sweep_scale.py"),
        device=settings.device,
        sweeps=sweeps(study.scale_sweep),
        settings=dict(
            system=SYSTEM,
            regions=REGIONS,
            points_level=study.scale_sweep.points_level,
            coarsest_level=study.scale_sweep.coarsest_level,
        ),
    script:
        "../../scripts/saturation/sweep_scale.py"


rule jacobian_bounds:
    input:
        weights=frozen_weights,
        norms=f"{SATURATION}/parts/jacobian_norm/{{network}}/{{chunk}}.csv",
    output:
        **table("saturation/parts/scale_sweep/{network}/{chunk}"),
    log:
        logs("saturation/jacobian_bounds/{network}/{chunk}"),
    benchmark:
        benchmarks("saturation/jacobian_bounds/{network}/{chunk}")
    conda:
        "../../environment.yml"
    params:
        code=code_of("saturation/jacobian_bounds.py"),
        device=settings.device,
        sweeps=sweeps(study.scale_sweep),
        settings=dict(
            system=SYSTEM,
            regions=REGIONS,
            tightness=study.scale_sweep.tightness,
            jacobian_tightness=study.scale_sweep.jacobian_tightness,
            coarsest_level=study.scale_sweep.coarsest_level,
            finest_level=study.scale_sweep.finest_level,
        ),
    script:
        "../../scripts/saturation/jacobian_bounds.py"


rule obstruction:
    input:
        weights=frozen_weights,
    output:
        **table("saturation/parts/obstruction/{network}/{chunk}"),
    log:
        logs("saturation/obstruction/{network}/{chunk}"),
    benchmark:
        benchmarks("saturation/obstruction/{network}/{chunk}")
    conda:
        "../../environment.yml"
    params:
        code=code_of("saturation/obstruction.py"),
        device=settings.device,
        seeds=seeds,
        settings=dict(
            system=SYSTEM,
            offsets=study.obstruction.offsets,
            scales=study.obstruction.scales.values(),
            radius=study.obstruction.radius,
        ),
    script:
        "../../scripts/saturation/obstruction.py"


rule monodromy:
    input:
        weights=frozen_weights,
    output:
        **table("saturation/parts/reference_monodromy/{network}/{chunk}"),
        **table("saturation/parts/reference_multipliers/{network}/{chunk}", "multipliers"),
    log:
        logs("saturation/monodromy/{network}/{chunk}"),
    benchmark:
        benchmarks("saturation/monodromy/{network}/{chunk}")
    conda:
        "../../environment.yml"
    params:
        code=code_of("saturation/monodromy.py"),
        device=settings.device,
        sweeps=sweeps(study.monodromy),
        settings=dict(system=SYSTEM, solver=SOLVER),
    script:
        "../../scripts/saturation/monodromy.py"


rule own_orbits:
    input:
        weights=frozen_weights,
    output:
        **table("saturation/parts/own_monodromy/{network}/{chunk}"),
        **table("saturation/parts/own_multipliers/{network}/{chunk}", "multipliers"),
    log:
        logs("saturation/own_orbits/{network}/{chunk}"),
    benchmark:
        benchmarks("saturation/own_orbits/{network}/{chunk}")
    conda:
        "../../environment.yml"
    params:
        code=code_of("saturation/own_orbits.py"),
        device=settings.device,
        seeds=seeds,
        scales=lambda wildcards: study.own_orbits.scales[wildcards.network].values(),
        settings=dict(
            starts=study.own_orbits.starts,
            search=study.own_orbits.search.model_dump(),
        ),
    script:
        "../../scripts/saturation/own_orbits.py"


rule certificates:
    input:
        weights=frozen_weights,
        orbits=f"{SATURATION}/parts/own_monodromy/{{network}}/{{chunk}}.csv",
    output:
        **table("saturation/parts/certificates/{network}/{chunk}"),
    log:
        logs("saturation/certificates/{network}/{chunk}"),
    benchmark:
        benchmarks("saturation/certificates/{network}/{chunk}")
    conda:
        "../../environment.yml"
    params:
        code=code_of("saturation/certificates.py"),
        device=settings.device,
        seeds=seeds,
        scales=lambda wildcards: study.own_orbits.scales[wildcards.network].values(),
        settings=dict(
            system=SYSTEM,
            regions={name: REGIONS[name] for name in study.certificates.regions},
            states=2**study.certificates.states_level,
            budget=study.certificates.budget,
        ),
    script:
        "../../scripts/saturation/certificates.py"


rule trajectory_bounds:
    input:
        weights=frozen_weights,
    output:
        **table("saturation/parts/trajectory_bounds/{network}/{chunk}"),
    log:
        logs("saturation/trajectory_bounds/{network}/{chunk}"),
    benchmark:
        benchmarks("saturation/trajectory_bounds/{network}/{chunk}")
    conda:
        "../../environment.yml"
    params:
        code=code_of("saturation/trajectory_bounds.py"),
        device=settings.device,
        seeds=seeds,
        settings=study.trajectory_bounds.model_dump(exclude={"networks", "seeds"}),
    script:
        "../../scripts/saturation/trajectory_bounds.py"


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
            # Put together when the job runs, after this loop.
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
