# Study 3, deep networks as affine maps: weights, the curated models' tables, the grid of all models, then figures.
rule search_seeds:
    input:
        code=code_of("affine_maps/search_seeds.py"),
    output:
        table=f"{AFFINE}/data/curated_seeds.csv",
        record=f"{AFFINE}/data/curated_seeds.json",
        trials=f"{AFFINE}/data/caption_trials.csv",
        trials_record=f"{AFFINE}/data/caption_trials.json",
        weights=f"{AFFINE}/weights/curated.safetensors",
        weights_record=f"{AFFINE}/weights/curated.json",
    log:
        f"{AFFINE}/logs/search_seeds.log",
    benchmark:
        f"{AFFINE}/benchmarks/search_seeds.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("search_seeds"),
    params:
        settings=affine.parameters("curated"),
    script:
        "../../scripts/affine_maps/search_seeds.py"


rule sample_weights:
    input:
        code=code_of("affine_maps/sample_weights.py"),
    output:
        weights=f"{AFFINE}/weights/grid/{{chunk}}.safetensors",
        record=f"{AFFINE}/weights/grid/{{chunk}}.json",
    log:
        f"{AFFINE}/logs/sample_weights/{{chunk}}.log",
    benchmark:
        f"{AFFINE}/benchmarks/sample_weights/{{chunk}}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("sample_weights"),
    params:
        seeds=seeds,
    script:
        "../../scripts/affine_maps/sample_weights.py"


rule models:
    input:
        code=code_of("affine_maps/models.py"),
        weights=GRID_WEIGHTS,
    output:
        table=f"{AFFINE}/data/models.csv",
        record=f"{AFFINE}/data/models.json",
        grid=f"{AFFINE}/data/grid.parquet",
        grid_record=f"{AFFINE}/data/grid.json",
    log:
        f"{AFFINE}/logs/models.log",
    benchmark:
        f"{AFFINE}/benchmarks/models.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("models"),
    params:
        settings=affine.grid.parameters("models"),
    script:
        "../../scripts/affine_maps/models.py"


rule class_counts:
    input:
        code=code_of("affine_maps/class_counts.py"),
        weights=f"{AFFINE}/weights/grid/{{chunk}}.safetensors",
    output:
        table=f"{AFFINE}/parts/class_counts/{{chunk}}.csv",
        record=f"{AFFINE}/parts/class_counts/{{chunk}}.json",
    log:
        f"{AFFINE}/logs/class_counts/{{chunk}}.log",
    benchmark:
        f"{AFFINE}/benchmarks/class_counts/{{chunk}}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("class_counts"),
    params:
        seeds=seeds,
        settings=affine.grid.parameters("class_counts"),
    script:
        "../../scripts/affine_maps/class_counts.py"


rule collect_class_counts:
    input:
        code=code_of("affine_maps/collect_class_counts.py"),
        models=f"{AFFINE}/data/models.csv",
        tables=expand(f"{AFFINE}/parts/class_counts/{{chunk}}.csv", chunk=affine.grid.seed_chunks),
        records=expand(f"{AFFINE}/parts/class_counts/{{chunk}}.json", chunk=affine.grid.seed_chunks),
    output:
        table=f"{AFFINE}/data/class_counts.csv",
        record=f"{AFFINE}/data/class_counts.json",
    log:
        f"{AFFINE}/logs/collect_class_counts.log",
    benchmark:
        f"{AFFINE}/benchmarks/collect_class_counts.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("collect_class_counts"),
    script:
        "../../scripts/affine_maps/collect_class_counts.py"


rule affine_table_1:
    input:
        code=code_of("affine_maps/table_1.py"),
        seeds=f"{AFFINE}/data/curated_seeds.csv",
    output:
        table=f"{AFFINE}/tables/table_1.csv",
        record=f"{AFFINE}/tables/table_1.json",
        latex=f"{AFFINE}/tables/table_1.tex",
    log:
        f"{AFFINE}/logs/table_1.log",
    benchmark:
        f"{AFFINE}/benchmarks/affine_table_1.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("affine_table_1"),
    script:
        "../../scripts/affine_maps/table_1.py"


rule activations:
    input:
        code=code_of("affine_maps/activations.py"),
    output:
        table=f"{AFFINE}/data/activations.csv",
        record=f"{AFFINE}/data/activations.json",
        properties=f"{AFFINE}/tables/activation_properties.csv",
        properties_record=f"{AFFINE}/tables/activation_properties.json",
    log:
        f"{AFFINE}/logs/activations.log",
    benchmark:
        f"{AFFINE}/benchmarks/activations.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("activations"),
    params:
        settings=affine.parameters("activations"),
    script:
        "../../scripts/affine_maps/activations.py"


rule statements:
    input:
        code=code_of("affine_maps/statements.py"),
    output:
        table=f"{AFFINE}/data/statements.csv",
        record=f"{AFFINE}/data/statements.json",
    log:
        f"{AFFINE}/logs/statements.log",
    benchmark:
        f"{AFFINE}/benchmarks/statements.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        **costs("statements"),
    params:
        settings=affine.parameters("statements"),
    script:
        "../../scripts/affine_maps/statements.py"


for table, (program, sources, parameters) in AFFINE_TABLES.items():

    rule:
        name:
            table
        input:
            **sources,
            code=code_of(f"affine_maps/{program}.py"),
        output:
            table=f"{AFFINE}/data/{table}.csv",
            record=f"{AFFINE}/data/{table}.json",
        log:
            f"{AFFINE}/logs/{table}.log",
        benchmark:
            f"{AFFINE}/benchmarks/{table}.tsv"
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            **costs(table),
        params:
            **parameters,
            # The script's path is put together when the job runs, after this loop.
            program=program,
            table=table,
        script:
            "../../scripts/affine_maps/{params.program}.py"


for figure in AFFINE_FIGURES:

    rule:
        name:
            f"draw_{figure}"
        input:
            code=code_of(f"affine_maps/draw_{figure}.py"),
            table=f"{AFFINE}/data/{figure}.csv",
        output:
            record=f"{AFFINE}/figures/{figure}.json",
            pdf=f"{AFFINE}/figures/{figure}.pdf",
            png=report(
                f"{AFFINE}/figures/{figure}.png",
                caption=f"../report/affine_maps/{figure}.rst",
                category="Affine maps",
                subcategory="Figures",
                labels={"figure": figure},
            ),
        log:
            f"{AFFINE}/logs/draw_{figure}.log",
        benchmark:
            f"{AFFINE}/benchmarks/draw_{figure}.tsv"
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            **costs(f"draw_{figure}"),
        params:
            figure=figure,
            style=settings.style.model_dump(),
        script:
            "../../scripts/affine_maps/draw_{params.figure}.py"
