# Study 1, activation saturation: computing rules, then the figures' tables, then one drawing rule each.
SYSTEM = study.system.model_dump()
SOLVER = study.solver.model_dump()
REGIONS = {name: region.model_dump() for name, region in study.regions.items()}


wildcard_constraints:
    chunk=r"\d+-\d+",
    network=r"[^/]+",
    table=r"\w+",


rule train_stuart_landau:
    input:
        code=code_of("saturation/train_stuart_landau.py"),
    output:
        initial=f"{SATURATION}/training/{{network}}/{{chunk}}.initial.safetensors",
        halfway=f"{SATURATION}/training/{{network}}/{{chunk}}.halfway.safetensors",
        final=f"{SATURATION}/training/{{network}}/{{chunk}}.final.safetensors",
        table=f"{SATURATION}/parts/training/{{network}}/{{chunk}}.csv",
        record=f"{SATURATION}/parts/training/{{network}}/{{chunk}}.json",
        weights_record=f"{SATURATION}/training/{{network}}/{{chunk}}.json",
    log:
        f"{SATURATION}/logs/train_stuart_landau/{{network}}/{{chunk}}.log",
    benchmark:
        f"{SATURATION}/benchmarks/train_stuart_landau/{{network}}/{{chunk}}.tsv"
    wildcard_constraints:
        network=one_of(TRAINED),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("train_stuart_landau"),
    params:
        device=settings.device,
        seeds=seeds,
        # Not how many seeds there are: a further one leaves the others as they were.
        network=lambda wildcards: study.networks[wildcards.network].model_dump(exclude={"seeds"}),
        settings=dict(system=SYSTEM, training=study.training.model_dump()),
    script:
        "../../scripts/saturation/train_stuart_landau.py"


rule freeze_weights:
    input:
        code=code_of("saturation/freeze_weights.py"),
        trained=lambda wildcards: expand(
            f"{SATURATION}/training/{wildcards.network}/{{chunk}}.{{stage}}.safetensors",
            chunk=chunks(wildcards.network),
            stage=STAGES,
        ),
    output:
        weights=expand(f"{SATURATION}/weights/{{{{network}}}}/{{stage}}.safetensors", stage=STAGES),
        records=expand(f"{SATURATION}/weights/{{{{network}}}}/{{stage}}.json", stage=STAGES),
    log:
        f"{SATURATION}/logs/freeze_weights/{{network}}.log",
    benchmark:
        f"{SATURATION}/benchmarks/freeze_weights/{{network}}.tsv"
    wildcard_constraints:
        network=one_of(TRAINED),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("freeze_weights"),
    script:
        "../../scripts/saturation/freeze_weights.py"


rule freeze_given_weights:
    input:
        code=code_of("saturation/freeze_given_weights.py"),
        given=lambda wildcards: study.networks[wildcards.network].weights,
    output:
        weights=f"{SATURATION}/weights/{{network}}/final.safetensors",
        record=f"{SATURATION}/weights/{{network}}/final.json",
    log:
        f"{SATURATION}/logs/freeze_given_weights/{{network}}.log",
    benchmark:
        f"{SATURATION}/benchmarks/freeze_given_weights/{{network}}.tsv"
    wildcard_constraints:
        network=one_of(GIVEN),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("freeze_given_weights"),
    params:
        seeds=lambda wildcards: list(range(study.networks[wildcards.network].seeds)),
        # A file that was put in the place of another may be older than what was made from that.
        checksum=lambda wildcards, input: checksum(input.given),
        uses=lambda wildcards: dict(
            planar_uses=study.planar_uses(wildcards.network),
            orbits=wildcards.network in study.own_orbits.scales,
        ),
    script:
        "../../scripts/saturation/freeze_given_weights.py"


rule sweep_scale:
    input:
        code=code_of("saturation/sweep_scale.py"),
        weights=frozen_weights,
    output:
        table=f"{SATURATION}/parts/saturation_by_layer/{{network}}/{{chunk}}.csv",
        record=f"{SATURATION}/parts/saturation_by_layer/{{network}}/{{chunk}}.json",
        norms=f"{SATURATION}/parts/jacobian_norm/{{network}}/{{chunk}}.csv",
        norms_record=f"{SATURATION}/parts/jacobian_norm/{{network}}/{{chunk}}.json",
    log:
        f"{SATURATION}/logs/sweep_scale/{{network}}/{{chunk}}.log",
    benchmark:
        f"{SATURATION}/benchmarks/sweep_scale/{{network}}/{{chunk}}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("sweep_scale"),
    params:
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
        code=code_of("saturation/jacobian_bounds.py"),
        weights=frozen_weights,
        norms=f"{SATURATION}/parts/jacobian_norm/{{network}}/{{chunk}}.csv",
    output:
        table=f"{SATURATION}/parts/scale_sweep/{{network}}/{{chunk}}.csv",
        record=f"{SATURATION}/parts/scale_sweep/{{network}}/{{chunk}}.json",
    log:
        f"{SATURATION}/logs/jacobian_bounds/{{network}}/{{chunk}}.log",
    benchmark:
        f"{SATURATION}/benchmarks/jacobian_bounds/{{network}}/{{chunk}}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("jacobian_bounds"),
    params:
        device=settings.device,
        sweeps=sweeps(study.scale_sweep),
        settings=dict(
            system=SYSTEM,
            regions=REGIONS,
            tightness=study.scale_sweep.tightness,
            coarsest_level=study.scale_sweep.coarsest_level,
            finest_level=study.scale_sweep.finest_level,
        ),
    script:
        "../../scripts/saturation/jacobian_bounds.py"


rule obstruction:
    input:
        code=code_of("saturation/obstruction.py"),
        weights=frozen_weights,
    output:
        table=f"{SATURATION}/parts/obstruction/{{network}}/{{chunk}}.csv",
        record=f"{SATURATION}/parts/obstruction/{{network}}/{{chunk}}.json",
    log:
        f"{SATURATION}/logs/obstruction/{{network}}/{{chunk}}.log",
    benchmark:
        f"{SATURATION}/benchmarks/obstruction/{{network}}/{{chunk}}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("obstruction"),
    params:
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
        code=code_of("saturation/monodromy.py"),
        weights=frozen_weights,
    output:
        table=f"{SATURATION}/parts/reference_monodromy/{{network}}/{{chunk}}.csv",
        record=f"{SATURATION}/parts/reference_monodromy/{{network}}/{{chunk}}.json",
        multipliers=f"{SATURATION}/parts/reference_multipliers/{{network}}/{{chunk}}.csv",
        multipliers_record=f"{SATURATION}/parts/reference_multipliers/{{network}}/{{chunk}}.json",
    log:
        f"{SATURATION}/logs/monodromy/{{network}}/{{chunk}}.log",
    benchmark:
        f"{SATURATION}/benchmarks/monodromy/{{network}}/{{chunk}}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("monodromy"),
    params:
        device=settings.device,
        sweeps=sweeps(study.monodromy),
        settings=dict(system=SYSTEM, solver=SOLVER),
    script:
        "../../scripts/saturation/monodromy.py"


rule own_orbits:
    input:
        code=code_of("saturation/own_orbits.py"),
        weights=frozen_weights,
    output:
        table=f"{SATURATION}/parts/own_monodromy/{{network}}/{{chunk}}.csv",
        record=f"{SATURATION}/parts/own_monodromy/{{network}}/{{chunk}}.json",
        multipliers=f"{SATURATION}/parts/own_multipliers/{{network}}/{{chunk}}.csv",
        multipliers_record=f"{SATURATION}/parts/own_multipliers/{{network}}/{{chunk}}.json",
    log:
        f"{SATURATION}/logs/own_orbits/{{network}}/{{chunk}}.log",
    benchmark:
        f"{SATURATION}/benchmarks/own_orbits/{{network}}/{{chunk}}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("own_orbits"),
    params:
        device=settings.device,
        seeds=seeds,
        scales=lambda wildcards: study.own_orbits.scales[wildcards.network].values(),
        settings=dict(
            starts=study.own_orbits.starts,
            search=study.own_orbits.search.model_dump(),
            loosening=study.solver.loosening,
        ),
    script:
        "../../scripts/saturation/own_orbits.py"


rule yorke_limit:
    input:
        code=code_of("saturation/yorke_limit.py"),
        weights=expand(
            f"{SATURATION}/weights/{{network}}/final.safetensors",
            network=study.yorke_limit.networks,
        ),
        monodromy=f"{SATURATION}/data/monodromy.csv",
    output:
        table=f"{SATURATION}/data/yorke_limit.csv",
        record=f"{SATURATION}/data/yorke_limit.json",
    log:
        f"{SATURATION}/logs/yorke_limit.log",
    benchmark:
        f"{SATURATION}/benchmarks/yorke_limit.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("yorke_limit"),
    params:
        device=settings.device,
        networks=study.yorke_limit.networks,
        settings=dict(radius=study.yorke_limit.radius, period=study.system.period),
    script:
        "../../scripts/saturation/yorke_limit.py"


rule trajectory_bounds:
    input:
        code=code_of("saturation/trajectory_bounds.py"),
        weights=frozen_weights,
    output:
        table=f"{SATURATION}/parts/trajectory_bounds/{{network}}/{{chunk}}.csv",
        record=f"{SATURATION}/parts/trajectory_bounds/{{network}}/{{chunk}}.json",
    log:
        f"{SATURATION}/logs/trajectory_bounds/{{network}}/{{chunk}}.log",
    benchmark:
        f"{SATURATION}/benchmarks/trajectory_bounds/{{network}}/{{chunk}}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("trajectory_bounds"),
    params:
        device=settings.device,
        seeds=seeds,
        settings=study.trajectory_bounds.model_dump(exclude={"networks", "seeds"}),
    script:
        "../../scripts/saturation/trajectory_bounds.py"


rule training_stages:
    input:
        code=code_of("saturation/training_stages.py"),
        weights=expand(
            f"{SATURATION}/weights/{{network}}/{{stage}}.safetensors",
            network=study.training_stages.networks,
            stage=STAGES,
        ),
    output:
        table=f"{SATURATION}/data/training_stages.csv",
        record=f"{SATURATION}/data/training_stages.json",
    log:
        f"{SATURATION}/logs/training_stages.log",
    benchmark:
        f"{SATURATION}/benchmarks/training_stages.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("training_stages"),
    params:
        device=settings.device,
        stages=[(network, stage) for network in study.training_stages.networks for stage in STAGES],
        settings=dict(
            system=SYSTEM,
            regions=REGIONS,
            coarsest_level=study.scale_sweep.coarsest_level,
            points_level=study.scale_sweep.points_level,
        ),
    script:
        "../../scripts/saturation/training_stages.py"


rule sensitivity:
    input:
        code=code_of("saturation/sensitivity.py"),
    output:
        table=f"{SATURATION}/parts/sensitivity/{{network}}/all.csv",
        record=f"{SATURATION}/parts/sensitivity/{{network}}/all.json",
    log:
        f"{SATURATION}/logs/sensitivity/{{network}}.log",
    benchmark:
        f"{SATURATION}/benchmarks/sensitivity/{{network}}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("sensitivity"),
    params:
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


rule three_dimensions:
    input:
        code=code_of("saturation/three_dimensions.py"),
    output:
        table=f"{SATURATION}/data/three_dimensions.csv",
        record=f"{SATURATION}/data/three_dimensions.json",
    log:
        f"{SATURATION}/logs/three_dimensions.log",
    benchmark:
        f"{SATURATION}/benchmarks/three_dimensions.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("three_dimensions"),
    params:
        device=settings.device,
        settings=dict(system=SYSTEM, solver=SOLVER, rate=study.three_dimensions.rate),
    script:
        "../../scripts/saturation/three_dimensions.py"


rule identities:
    input:
        code=code_of("saturation/identities.py"),
    output:
        table=f"{SATURATION}/data/identities.csv",
        record=f"{SATURATION}/data/identities.json",
    log:
        f"{SATURATION}/logs/identities.log",
    benchmark:
        f"{SATURATION}/benchmarks/identities.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("identities"),
    params:
        settings=dict(system=SYSTEM, solver=SOLVER),
    script:
        "../../scripts/saturation/identities.py"


rule phase_portraits:
    input:
        code=code_of("saturation/phase_portraits.py"),
        weights=f"{SATURATION}/weights/{study.phase_portraits.network}/final.safetensors",
        monodromy=f"{SATURATION}/data/monodromy.csv",
    output:
        table=f"{SATURATION}/data/phase_portraits.csv",
        record=f"{SATURATION}/data/phase_portraits.json",
    log:
        f"{SATURATION}/logs/phase_portraits.log",
    benchmark:
        f"{SATURATION}/benchmarks/phase_portraits.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("phase_portraits"),
    params:
        device=settings.device,
        network=study.phase_portraits.network,
        settings=dict(
            system=SYSTEM,
            area=REGIONS[study.phase_portraits.region],
            **study.phase_portraits.model_dump(exclude={"network", "region"}),
        ),
    script:
        "../../scripts/saturation/phase_portraits.py"


rule collect_parts:
    input:
        code=code_of("collect_parts.py"),
        tables=lambda wildcards: parts(wildcards.table, "csv"),
        records=lambda wildcards: parts(wildcards.table, "json"),
    output:
        table=f"{SATURATION}/data/{{table}}.csv",
        record=f"{SATURATION}/data/{{table}}.json",
    log:
        f"{SATURATION}/logs/collect_parts/{{table}}.log",
    benchmark:
        f"{SATURATION}/benchmarks/collect_parts/{{table}}.tsv"
    wildcard_constraints:
        table=one_of(table for table in JOINED if not table.endswith(("monodromy", "multipliers"))),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("collect_parts"),
    script:
        "../../scripts/collect_parts.py"


rule collect_orbits:
    input:
        code=code_of("collect_parts.py"),
        tables=lambda wildcards: parts(f"reference_{wildcards.table}", "csv")
        + parts(f"own_{wildcards.table}", "csv"),
        records=lambda wildcards: parts(f"reference_{wildcards.table}", "json")
        + parts(f"own_{wildcards.table}", "json"),
    output:
        table=f"{SATURATION}/data/{{table}}.csv",
        record=f"{SATURATION}/data/{{table}}.json",
    log:
        f"{SATURATION}/logs/collect_orbits/{{table}}.log",
    benchmark:
        f"{SATURATION}/benchmarks/collect_orbits/{{table}}.tsv"
    wildcard_constraints:
        table="monodromy|multipliers",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("collect_orbits"),
    script:
        "../../scripts/collect_parts.py"


rule table_attenuation:
    input:
        code=code_of("saturation/table_attenuation.py"),
        sweep=f"{SATURATION}/data/scale_sweep.csv",
    output:
        table=f"{SATURATION}/data/attenuation.csv",
        record=f"{SATURATION}/data/attenuation.json",
    log:
        f"{SATURATION}/logs/table_attenuation.log",
    benchmark:
        f"{SATURATION}/benchmarks/table_attenuation.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("table_attenuation"),
    params:
        settings=study.attenuation.model_dump(),
    script:
        "../../scripts/saturation/table_attenuation.py"


rule table_multipliers_window:
    input:
        code=code_of("saturation/table_multipliers_window.py"),
        sweep=f"{SATURATION}/data/scale_sweep.csv",
        multipliers=f"{SATURATION}/data/multipliers.csv",
    output:
        table=f"{SATURATION}/data/multipliers_window.csv",
        record=f"{SATURATION}/data/multipliers_window.json",
    log:
        f"{SATURATION}/logs/table_multipliers_window.log",
    benchmark:
        f"{SATURATION}/benchmarks/table_multipliers_window.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("table_multipliers_window"),
    params:
        settings=dict(**study.multipliers_window.model_dump(), period=study.system.period),
    script:
        "../../scripts/saturation/table_multipliers_window.py"


rule table_refined_bound:
    input:
        code=code_of("saturation/table_refined_bound.py"),
        sweep=f"{SATURATION}/data/scale_sweep.csv",
    output:
        table=f"{SATURATION}/data/refined_bound.csv",
        record=f"{SATURATION}/data/refined_bound.json",
    log:
        f"{SATURATION}/logs/table_refined_bound.log",
    benchmark:
        f"{SATURATION}/benchmarks/table_refined_bound.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("table_refined_bound"),
    params:
        settings=study.refined_bound.model_dump(),
    script:
        "../../scripts/saturation/table_refined_bound.py"


rule table_silu_converse:
    input:
        code=code_of("saturation/table_silu_converse.py"),
        monodromy=f"{SATURATION}/data/monodromy.csv",
        multipliers=f"{SATURATION}/data/multipliers.csv",
    output:
        table=f"{SATURATION}/data/silu_converse.csv",
        record=f"{SATURATION}/data/silu_converse.json",
    log:
        f"{SATURATION}/logs/table_silu_converse.log",
    benchmark:
        f"{SATURATION}/benchmarks/table_silu_converse.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("table_silu_converse"),
    params:
        settings=dict(**study.silu_converse.model_dump(), exact_ln_det=study.system.log_determinant),
    script:
        "../../scripts/saturation/table_silu_converse.py"


rule table_seed_spread:
    input:
        code=code_of("saturation/table_seed_spread.py"),
        sweep=f"{SATURATION}/data/scale_sweep.csv",
        monodromy=f"{SATURATION}/data/monodromy.csv",
    output:
        table=f"{SATURATION}/data/seed_spread.csv",
        record=f"{SATURATION}/data/seed_spread.json",
    log:
        f"{SATURATION}/logs/table_seed_spread.log",
    benchmark:
        f"{SATURATION}/benchmarks/table_seed_spread.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("table_seed_spread"),
    params:
        settings=study.seed_spread.model_dump(),
    script:
        "../../scripts/saturation/table_seed_spread.py"


rule table_1:
    input:
        code=code_of("saturation/table_1.py"),
        sweep=f"{SATURATION}/data/scale_sweep.csv",
    output:
        table=f"{SATURATION}/tables/table_1.csv",
        record=f"{SATURATION}/tables/table_1.json",
        latex=f"{SATURATION}/tables/table_1.tex",
    log:
        f"{SATURATION}/logs/table_1.log",
    benchmark:
        f"{SATURATION}/benchmarks/table_1.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("table_1"),
    params:
        settings=dict(**study.attenuation.model_dump(), scales=study.table_scales),
    script:
        "../../scripts/saturation/table_1.py"


rule table_2:
    input:
        code=code_of("saturation/table_2.py"),
        sweep=f"{SATURATION}/data/scale_sweep.csv",
        monodromy=f"{SATURATION}/data/monodromy.csv",
        multipliers=f"{SATURATION}/data/multipliers.csv",
    output:
        table=f"{SATURATION}/tables/table_2.csv",
        record=f"{SATURATION}/tables/table_2.json",
        latex=f"{SATURATION}/tables/table_2.tex",
    log:
        f"{SATURATION}/logs/table_2.log",
    benchmark:
        f"{SATURATION}/benchmarks/table_2.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("table_2"),
    params:
        settings=dict(**study.multipliers_window.model_dump(), scales=study.table_scales),
    script:
        "../../scripts/saturation/table_2.py"


rule table_3:
    input:
        code=code_of("saturation/table_3.py"),
        sweep=f"{SATURATION}/data/scale_sweep.csv",
    output:
        table=f"{SATURATION}/tables/table_3.csv",
        record=f"{SATURATION}/tables/table_3.json",
        latex=f"{SATURATION}/tables/table_3.tex",
    log:
        f"{SATURATION}/logs/table_3.log",
    benchmark:
        f"{SATURATION}/benchmarks/table_3.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("table_3"),
    params:
        settings=dict(
            **study.refined_bound.model_dump(),
            scales=study.table_scales,
            period=study.system.period,
        ),
    script:
        "../../scripts/saturation/table_3.py"


for figure in FIGURES:

    rule:
        name:
            f"draw_{figure}"
        input:
            code=code_of(f"saturation/draw_{figure}.py"),
            table=f"{SATURATION}/data/{figure}.csv",
        output:
            record=f"{SATURATION}/figures/{figure}.json",
            pdf=f"{SATURATION}/figures/{figure}.pdf",
            png=report(
                f"{SATURATION}/figures/{figure}.png",
                caption=f"../report/saturation/{figure}.rst",
                category="Saturation",
                subcategory="Figures",
                labels={"figure": figure},
            ),
        log:
            f"{SATURATION}/logs/draw_{figure}.log",
        benchmark:
            f"{SATURATION}/benchmarks/draw_{figure}.tsv"
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            **costs(f"draw_{figure}"),
        params:
            # The script's path is put together when the job runs, after this loop.
            figure=figure,
            style=settings.style.model_dump(),
        script:
            "../../scripts/saturation/draw_{params.figure}.py"
