# Networks of the user's own: each is analysed alone, into a folder of its own that no study reads.
rule analyse:
    input:
        pages_of_networks,


for kind_of_network in names_of.TABLES:

    rule:
        name:
            f"analyse_{kind_of_network.replace('-', '_')}"
        input:
            file=lambda wildcards: OWN[wildcards.network].file,
        output:
            summary=f"{OF_OWN}/summary.json",
            tables=expand(
                f"results/own/{{{{network}}}}/data/{{table}}.{{suffix}}",
                table=names_of.TABLES[kind_of_network],
                suffix=TABLE,
            ),
        log:
            f"{OF_OWN}/logs/analyse.log",
        benchmark:
            f"{OF_OWN}/benchmarks/analyse.tsv"
        wildcard_constraints:
            network=one_of(of_kind(kind_of_network)),
        conda:
            "../../environment.yml"
        params:
            # Found only where there is such a network.
            code=lambda wildcards: code_of("own/analyse_network.py"),
            network=lambda wildcards: OWN[wildcards.network].model_dump(exclude={"file"}),
            settings=lambda wildcards: settings.own.settings.of_kind(OWN[wildcards.network].kind),
            # A file that was put in the place of another may be older than what was made from that.
            checksum=lambda wildcards, input: checksum(input.file),
        script:
            "../../scripts/own/analyse_network.py"


rule draw_own:
    input:
        table=f"{OF_OWN}/data/{{figure}}.csv",
    output:
        record=f"{OF_OWN}/figures/{{figure}}.json",
        pdf=f"{OF_OWN}/figures/{{figure}}.pdf",
        png=f"{OF_OWN}/figures/{{figure}}.png",
    log:
        f"{OF_OWN}/logs/draw_{{figure}}.log",
    benchmark:
        f"{OF_OWN}/benchmarks/draw_{{figure}}.tsv"
    wildcard_constraints:
        network=one_of(OWN),
    conda:
        "../../environment.yml"
    params:
        code=lambda wildcards: code_of("draw.py", [f"figures.own.{wildcards.figure}"]),
        style=settings.style.model_dump(),
    script:
        "../../scripts/draw.py"


rule page_of_network:
    input:
        made=files_of_network,
    output:
        page=f"{OF_OWN}/index.html",
        record=f"{OF_OWN}/index.json",
    log:
        f"{OF_OWN}/logs/page.log",
    benchmark:
        f"{OF_OWN}/benchmarks/page.tsv"
    wildcard_constraints:
        network=one_of(OWN),
    conda:
        "../../environment.yml"
    params:
        code=lambda wildcards: code_of("own/page_of_network.py"),
    script:
        "../../scripts/own/page_of_network.py"
