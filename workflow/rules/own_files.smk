# Networks of the user's own, and the files that are made of each.
from neural_spectra.config.own import what_is_understood
from neural_spectra.studies.own import table_names as names_of

OWN = settings.own.networks
OF_OWN = "results/own/{network}"

# Not again in the Snakemake that runs a job on a cluster.
if workflow.is_main_process:
    with in_one_sentence():
        UNDERSTOOD = what_is_understood(OWN)


def pages_of_networks(wildcards):
    """The page of each network; without any there is nothing that could be meant."""
    with in_one_sentence():
        if not OWN:
            raise InputError(
                "own.networks names no network to analyse: name some in a config file, as "
                "config/own.yaml shows, or run make analyse NETWORK=mine.safetensors"
            )
    return expand(f"{OF_OWN}/index.html", network=OWN)


def of_kind(kind):
    """The networks of a kind."""
    return [name for name, network in OWN.items() if network.kind == kind]


def files_of_network(wildcards):
    """What the page of a network is made of."""
    kind, folder = OWN[wildcards.network].kind, f"results/own/{wildcards.network}"
    return [
        f"{folder}/summary.json",
        *expand(f"{folder}/data/{{table}}.{{suffix}}", table=names_of.TABLES[kind], suffix=TABLE),
        *expand(
            f"{folder}/figures/{{name}}.{{suffix}}", name=names_of.FIGURES[kind], suffix=FIGURE
        ),
    ]
