# What the studies have in common: tables joined from their parts, and a drawing rule for each figure.
rule collect:
    input:
        tables=lambda wildcards: parts_of_table(wildcards, "csv"),
        records=lambda wildcards: parts_of_table(wildcards, "json"),
    output:
        **table("{study}/data/{table}"),
    log:
        logs("{study}/collect/{table}"),
    benchmark:
        benchmarks("{study}/collect/{table}")
    wildcard_constraints:
        study=one_of(FIGURES),
        table=one_of(name.split("/")[1] for name in JOINED),
    conda:
        "../../environment.yml"
    params:
        code=code_of("collect.py"),
        groups=lambda wildcards: GROUPS.get(wildcards.table, []),
    script:
        "../../scripts/collect.py"


for study_of_figure, name in [(study, name) for study in FIGURES for name in FIGURES[study]]:

    rule:
        name:
            f"draw_{name}"
        input:
            table=f"results/{study_of_figure}/data/{name}.csv",
        output:
            record=f"results/{study_of_figure}/figures/{name}.json",
            pdf=f"results/{study_of_figure}/figures/{name}.pdf",
            png=report(
                f"results/{study_of_figure}/figures/{name}.png",
                caption=f"../report/{study_of_figure}/{name}.rst",
                category=TITLES[study_of_figure],
                subcategory="Figures",
                labels={"figure": name},
            ),
        log:
            logs(f"{study_of_figure}/draw_{name}"),
        benchmark:
            benchmarks(f"{study_of_figure}/draw_{name}")
        conda:
            "../../environment.yml"
        params:
            code=code_of("draw.py", [f"figures.{study_of_figure}.{name}"]),
            style=settings.style.model_dump(),
        script:
            "../../scripts/draw.py"
