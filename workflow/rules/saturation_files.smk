# What study 1 works on: its settings, its networks and their replicates, and the files it makes.
study = settings.saturation
SATURATION = "results/saturation"
STAGES = ["initial", "halfway", "final"]
FIGURES = [
    "attenuation",
    "phase_portraits",
    "obstruction",
    "multipliers_window",
    "refined_bound",
    "silu_converse",
    "seed_spread",
    "yorke_limit",
    "sensitivity",
]
TABLES = [
    "scale_sweep",
    "saturation_by_layer",
    "monodromy",
    "multipliers",
    "training",
    "trajectory_bounds",
    "training_stages",
    "three_dimensions",
    "identities",
]
PAPER_TABLES = ["table_1", "table_2", "table_3"]

GIVEN = [name for name, network in study.networks.items() if network.method == "file"]
TRAINED = [name for name in study.networks if name not in GIVEN]

# Networks of a user's own: the papers' claims are not about them.
with open(Path(workflow.basedir) / "config" / "saturation.yaml", encoding="utf-8") as file:
    SHIPPED = yaml.safe_load(file)["saturation"]["networks"]
NOT_SHIPPED = [name for name in study.networks if name in GIVEN or name not in SHIPPED]


def chunks(network, limit=math.inf):
    """The replicates of a network, at most ``limit``, cut into jobs: 0-15, 16-31, …"""
    return seed_chunks(min(study.networks[network].seeds, limit), study.seeds_per_job)


def by_chunk(networks, limit=math.inf):
    """A part of a joined table for each network and chunk of its replicates."""
    return [f"{network}/{chunk}" for network in networks for chunk in chunks(network, limit)]


def seeds(wildcards):
    first, last = wildcards.chunk.split("-")
    return list(range(int(first), int(last) + 1))


def frozen_weights(wildcards):
    """The weights of a chunk of replicates: a file that further replicates leave as it is."""
    if wildcards.network in GIVEN:
        return f"{SATURATION}/weights/{wildcards.network}/final.safetensors"
    trained = chunks(wildcards.network)[seeds(wildcards)[0] // study.seeds_per_job]
    return f"{SATURATION}/training/{wildcards.network}/{trained}.final.safetensors"


def sweeps(block):
    """Which replicates go over which scales: the drawn one, 0, over all, the others over some."""

    def of(wildcards):
        drawn = [seed for seed in seeds(wildcards) if seed == 0]
        others = [seed for seed in seeds(wildcards) if seed != 0]
        groups = [(drawn, block.scales.values()), (others, block.replicate_scales)]
        return [dict(seeds=group, scales=scales) for group, scales in groups if group]

    return of


def parts(table, suffix):
    return [f"{SATURATION}/parts/{table}/{part}.{suffix}" for part in JOINED[table]]


def one_of(names):
    """A wildcard that stands for one of these names only."""
    return "|".join(names) or "(?!)"


def saturation_results():
    """Every file of the study: also the weights and parts that the others are made from."""
    joined = [f"{table}/{part}" for table in JOINED for part in JOINED[table]]
    norms = [f"jacobian_norm/{part}" for part in by_chunk(study.scale_sweep.networks)]
    weights = expand("{network}/{stage}", network=TRAINED, stage=STAGES)
    return [
        *expand(
            f"{SATURATION}/training/{{part}}.{{suffix}}",
            part=JOINED["training"],
            suffix=[*(f"{stage}.safetensors" for stage in STAGES), "json"],
        ),
        *expand(
            f"{SATURATION}/weights/{{name}}.{{suffix}}",
            name=[*weights, *(f"{network}/final" for network in GIVEN)],
            suffix=["safetensors", "json"],
        ),
        *expand(f"{SATURATION}/parts/{{part}}.{{suffix}}", part=joined + norms, suffix=TABLE),
        *expand(f"{SATURATION}/data/{{table}}.{{suffix}}", table=TABLES + FIGURES, suffix=TABLE),
        *expand(f"{SATURATION}/figures/{{name}}.{{suffix}}", name=FIGURES, suffix=FIGURE),
        *expand(
            f"{SATURATION}/tables/{{name}}.{{suffix}}",
            name=PAPER_TABLES,
            suffix=["csv", "tex", "json"],
        ),
    ]


# Tables that are computed in parts, and the parts that they are joined from.
JOINED = {
    "training": by_chunk(TRAINED),
    "saturation_by_layer": by_chunk(study.scale_sweep.networks),
    "scale_sweep": by_chunk(study.scale_sweep.networks),
    "obstruction": by_chunk([study.obstruction.network]),
    "reference_monodromy": by_chunk(study.monodromy.networks),
    "reference_multipliers": by_chunk(study.monodromy.networks),
    "own_monodromy": by_chunk(study.own_orbits.scales),
    "own_multipliers": by_chunk(study.own_orbits.scales),
    "trajectory_bounds": by_chunk(study.trajectory_bounds.networks, study.trajectory_bounds.seeds),
    "sensitivity": [f"{network}/all" for network in study.sensitivity.variants],
}
