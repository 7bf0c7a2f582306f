# The page of all results, what it lets a reader explore, and the tables of Snakemake's own report.
localrules:
    page,


rule scale_explorer:
    input:
        sweep=f"{SATURATION}/data/scale_sweep.csv",
        monodromy=f"{SATURATION}/data/monodromy.csv",
        multipliers=f"{SATURATION}/data/multipliers.csv",
        portraits=f"{SATURATION}/data/phase_portraits.csv",
        weights=[
            f"{SATURATION}/weights/{network}/final.safetensors"
            for network in study.scale_sweep.networks
        ],
    output:
        **table("saturation/data/explorer"),
        **table("saturation/data/explorer_portraits", "portraits"),
    log:
        logs("saturation/scale_explorer"),
    benchmark:
        benchmarks("saturation/scale_explorer")
    conda:
        "../../environment.yml"
    params:
        code=code_of("report/scale_explorer.py"),
        device=settings.device,
        networks=study.scale_sweep.networks,
        shown=dict(region=study.multipliers_window.region, period=study.system.period),
        # As fine as a screen shows, here and below; the page is all that is made from it.
        settings=dict(duration=study.phase_portraits.duration, frames=76),
    script:
        "../../scripts/report/scale_explorer.py"


rule model_explorer:
    input:
        weights=GRID_WEIGHTS,
        grid=f"{AFFINE}/data/grid.parquet",
    output:
        grid=f"{AFFINE}/data/explorer_grid.parquet",
        grid_record=f"{AFFINE}/data/explorer_grid.json",
        orbits=f"{AFFINE}/data/explorer_orbits.parquet",
        orbits_record=f"{AFFINE}/data/explorer_orbits.json",
    log:
        logs("affine_maps/model_explorer"),
    benchmark:
        benchmarks("affine_maps/model_explorer")
    conda:
        "../../environment.yml"
    params:
        code=code_of("report/model_explorer.py"),
        seed=affine.grid.models.seed,
        grid=dict(points=affine.grid.models.points, most=34),
        orbits=dict(
            activations=affine.grid.models.activations,
            radius=affine.portraits.circle_radius,
            trajectories=affine.portraits.trajectories,
            steps=affine.portraits.steps,
        ),
    script:
        "../../scripts/report/model_explorer.py"


rule page_text:
    input:
        **EXPLORED,
        template=[
            "workflow/page/page.html",
            "src/neural_spectra/page/page.css",
            "workflow/page/page.js",
        ],
        tables=tables_of(settings.studies),
        records=records_of(tables_of(settings.studies)),
        captions=[
            f"workflow/report/{Path(file).parts[1]}/{Path(file).stem}.rst" for file in figures()
        ],
        table_of_figures="workflow/figures.csv",
        dictionary="docs/data_dictionary.md",
        claims=f"{CLAIMS}/claims.csv",
        entries=expand("config/claims/{study}.yaml", study=settings.studies),
    output:
        page=PAGE_TEXT,
        record=records_of([PAGE_TEXT]),
    log:
        logs("report/page_text"),
    benchmark:
        benchmarks("report/page_text")
    conda:
        "../../environment.yml"
    params:
        code=code_of("report/page_text.py"),
        figures=figures(),
        titles={name: TITLES[name] for name in settings.studies},
        config=SHOWN_CONFIG,
        changes=differences(SHOWN_CONFIG | DEFAULT, SHOWN_CONFIG | {"own": DEFAULT["own"]}),
        version=VERSION,
        explored=list(EXPLORED),
        explorer=study.multipliers_window.model_dump(),
    script:
        "../../scripts/report/page_text.py"


rule page:
    input:
        text=PAGE_TEXT,
        figures=figures(),
        results=everything(),
    output:
        page=PAGE,
        record=MANIFEST,
    log:
        logs("report/page"),
    benchmark:
        benchmarks("report/page")
    conda:
        "../../environment.yml"
    params:
        code=code_of("report/page.py"),
    script:
        "../../scripts/report/page.py"


rule gallery:
    input:
        figures=figures(),
        template="workflow/page/gallery.html",
    output:
        sheet=f"{GALLERY}.png",
        page=f"{GALLERY}.html",
        record=f"{GALLERY}.json",
    log:
        logs("report/gallery"),
    benchmark:
        benchmarks("report/gallery")
    conda:
        "../../environment.yml"
    params:
        code=code_of("report/gallery.py"),
        style=settings.style.model_dump(),
    script:
        "../../scripts/report/gallery.py"


rule report_tables:
    input:
        template="workflow/page/table.html",
        dictionaries=["docs/data_dictionary.md", "docs/ledger.md"],
        tables=list(REPORTED),
    output:
        pages=[
            report(
                page,
                caption=Path(page).with_suffix(".rst").absolute(),
                category=title,
                subcategory="Tables",
                labels={"table": Path(page).stem},
            )
            for page, title in zip(reported("html"), REPORTED.values())
        ],
        captions=reported("rst"),
        records=reported("json"),
    log:
        logs("report/report_tables"),
    benchmark:
        benchmarks("report/report_tables")
    conda:
        "../../environment.yml"
    params:
        code=code_of("report/tables.py"),
    script:
        "../../scripts/report/tables.py"
