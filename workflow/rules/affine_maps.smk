# Study 3, deep networks as affine maps: weights, the curated models' tables, the grid of all models.
rule search_seeds:
    output:
        **table("affine_maps/data/curated_seeds"),
        **table("affine_maps/data/caption_trials", "trials"),
        weights=f"{AFFINE}/weights/curated.safetensors",
        weights_record=f"{AFFINE}/weights/curated.json",
    log:
        logs("affine_maps/search_seeds"),
    benchmark:
        benchmarks("affine_maps/search_seeds")
    conda:
        "../../environment.yml"
    params:
        code=code_of("affine_maps/search_seeds.py"),
        settings=affine.parameters("curated"),
    script:
        "../../scripts/affine_maps/search_seeds.py"


rule sample_weights:
    output:
        weights=f"{AFFINE}/weights/grid/{{chunk}}.safetensors",
        record=f"{AFFINE}/weights/grid/{{chunk}}.json",
    log:
        logs("affine_maps/sample_weights/{chunk}"),
    benchmark:
        benchmarks("affine_maps/sample_weights/{chunk}")
    conda:
        "../../environment.yml"
    params:
        code=code_of("affine_maps/sample_weights.py"),
        seeds=seeds,
    script:
        "../../scripts/affine_maps/sample_weights.py"


rule models:
    input:
        weights=GRID_WEIGHTS,
    output:
        **table("affine_maps/data/models"),
        grid=f"{AFFINE}/data/grid.parquet",
        grid_record=f"{AFFINE}/data/grid.json",
    log:
        logs("affine_maps/models"),
    benchmark:
        benchmarks("affine_maps/models")
    conda:
        "../../environment.yml"
    params:
        code=code_of("affine_maps/models.py"),
        settings=affine.grid.parameters("models"),
    script:
        "../../scripts/affine_maps/models.py"


rule class_counts:
    input:
        weights=f"{AFFINE}/weights/grid/{{chunk}}.safetensors",
    output:
        **table("affine_maps/parts/class_counts/{chunk}"),
        **table("affine_maps/parts/model_classes/{chunk}", "classes"),
    log:
        logs("affine_maps/class_counts/{chunk}"),
    benchmark:
        benchmarks("affine_maps/class_counts/{chunk}")
    conda:
        "../../environment.yml"
    params:
        code=code_of("affine_maps/class_counts.py"),
        seeds=seeds,
        settings=affine.grid.parameters("class_counts"),
    script:
        "../../scripts/affine_maps/class_counts.py"


for name, (program, sources) in AFFINE_PAPER_TABLES.items():

    rule:
        name:
            name
        input:
            **sources,
        output:
            **table(f"affine_maps/tables/{program}"),
            latex=f"{AFFINE}/tables/{program}.tex",
        log:
            logs(f"affine_maps/{name}"),
        benchmark:
            benchmarks(f"affine_maps/{name}")
        conda:
            "../../environment.yml"
        params:
            code=code_of(f"affine_maps/{program}.py"),
            program=f"affine_maps/{program}.py",
        script:
            # Put together when the job runs, after this loop.
            "../../scripts/{params.program}"


rule activations:
    output:
        **table("affine_maps/data/activations"),
        **table("affine_maps/tables/activation_properties", "properties"),
    log:
        logs("affine_maps/activations"),
    benchmark:
        benchmarks("affine_maps/activations")
    conda:
        "../../environment.yml"
    params:
        code=code_of("affine_maps/activations.py"),
        settings=affine.parameters("activations"),
    script:
        "../../scripts/affine_maps/activations.py"


for name, (program, sources, parameters) in AFFINE_TABLES.items():

    rule:
        name:
            name
        input:
            **sources,
        output:
            **table(f"affine_maps/data/{name}"),
        log:
            logs(f"affine_maps/{name}"),
        benchmark:
            benchmarks(f"affine_maps/{name}")
        conda:
            "../../environment.yml"
        params:
            **parameters,
            code=code_of(f"affine_maps/{program}.py"),
            program=f"affine_maps/{program}.py",
            table=name,
        script:
            "../../scripts/{params.program}"
