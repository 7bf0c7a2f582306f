# What study 1 works on: its settings, its networks and their replicates, and the files it makes.
study = settings.saturation
SATURATION = "results/saturation"
SYSTEM = study.system.model_dump()
SOLVER = study.solver.model_dump()
REGIONS = {name: region.model_dump() for name, region in study.regions.items()}
STAGES = ["initial", "halfway", "final"]
TABLES = [
    "scale_sweep",
    "saturation_by_layer",
    "monodromy",
    "multipliers",
    "training",
    "certificates",
    "trajectory_bounds",
    "training_stages",
    "three_dimensions",
    "window_on_a_cycle",
    "identities",
    "small_regions",
    "variants",
]

# Networks that a user has added: the papers' claims are not about them.
NOT_SHIPPED = [name for name in study.networks if name not in DEFAULT["saturation"]["networks"]]


def chunks(network, limit=math.inf):
    """The replicates of a network, at most ``limit``, cut into jobs: 0-15, 16-31, …"""
    return seed_chunks(min(study.networks[network].seeds, limit), study.seeds_per_job)


def parts(table, networks, limit=math.inf):
    """A part of a joined table for each network and chunk of its replicates."""
    return [
        f"saturation/parts/{table}/{network}/{chunk}"
        for network in networks
        for chunk in chunks(network, limit)
    ]


def final_weights(network):
    """The weights of all replicates of a network."""
    return f"{SATURATION}/weights/{network}/final.safetensors"


circle, own = study.monodromy.networks, study.own_orbits.scales
JOINED |= {
    "saturation/training": parts("training", study.networks),
    "saturation/saturation_by_layer": parts("saturation_by_layer", study.scale_sweep.networks),
    "saturation/scale_sweep": parts("scale_sweep", study.scale_sweep.networks),
    "saturation/obstruction": parts("obstruction", [study.obstruction.network]),
    "saturation/monodromy": parts("reference_monodromy", circle) + parts("own_monodromy", own),
    "saturation/multipliers": parts("reference_multipliers", circle)
    + parts("own_multipliers", own),
    "saturation/certificates": parts("certificates", study.certificates.networks),
    "saturation/trajectory_bounds": parts(
        "trajectory_bounds", study.trajectory_bounds.networks, study.trajectory_bounds.seeds
    ),
    "saturation/variants": [
        f"saturation/parts/sensitivity/{network}/all" for network in study.sensitivity.variants
    ],
}

SWEEP = dict(sweep=f"{SATURATION}/data/scale_sweep.csv")
MONODROMY = dict(monodromy=f"{SATURATION}/data/monodromy.csv")
PROOFS = dict(
    certificates=f"{SATURATION}/data/certificates.csv",
    limits=f"{SATURATION}/data/yorke_limit.csv",
)
# What the paper states, and what agrees with it.
PAPER_NUMBERS = dict(claims="config/claims/saturation.yaml")
MULTIPLIERS = dict(multipliers=f"{SATURATION}/data/multipliers.csv")
# Tables that one job makes each: its script, what of, and its parameters. Figure tables are the rows
# of computed tables that a figure shows.
SINGLE_TABLES = {
    "yorke_limit": (
        "yorke_limit",
        dict(weights=[*map(final_weights, study.yorke_limit.networks)]) | MONODROMY,
        dict(
            device=settings.device,
            networks=study.yorke_limit.networks,
            settings=dict(radius=study.yorke_limit.radius, period=study.system.period),
        ),
    ),
    "training_stages": (
        "training_stages",
        dict(
            weights=expand(
                f"{SATURATION}/weights/{{network}}/{{stage}}.safetensors",
                network=study.training_stages.networks,
                stage=STAGES,
            )
        ),
        dict(
            device=settings.device,
            stages=[(name, stage) for name in study.training_stages.networks for stage in STAGES],
            settings=dict(
                system=SYSTEM,
                regions=REGIONS,
                coarsest_level=study.scale_sweep.coarsest_level,
                points_level=study.scale_sweep.points_level,
            ),
        ),
    ),
    "small_regions": (
        "small_regions",
        dict(weights=final_weights(study.refined_bound.network)),
        dict(device=settings.device, network=study.refined_bound.network),
    ),
    "three_dimensions": (
        "three_dimensions",
        {},
        dict(
            device=settings.device,
            settings=dict(system=SYSTEM, solver=SOLVER, rate=study.three_dimensions.rate),
        ),
    ),
    "slow_clock": (
        "slow_clock",
        {},
        dict(
            device=settings.device,
            settings=dict(system=SYSTEM, **study.slow_clock.model_dump()),
        ),
    ),
    "window_on_a_cycle": (
        "window_on_a_cycle",
        {},
        dict(
            device=settings.device,
            settings=dict(search=study.own_orbits.search.model_dump()),
        ),
    ),
    "identities": ("identities", {}, dict(settings=dict(system=SYSTEM, solver=SOLVER))),
    "phase_portraits": (
        "phase_portraits",
        dict(weights=final_weights(study.phase_portraits.network)) | MONODROMY,
        dict(
            device=settings.device,
            network=study.phase_portraits.network,
            settings=dict(
                system=SYSTEM,
                area=REGIONS[study.phase_portraits.region],
                **study.phase_portraits.model_dump(exclude={"network", "region"}),
            ),
        ),
    ),
    "table_attenuation": ("figure_tables", SWEEP, dict(settings=study.attenuation.model_dump())),
    "table_multipliers_window": (
        "figure_tables",
        SWEEP | MULTIPLIERS,
        dict(
            settings=dict(**study.multipliers_window.model_dump(), period=study.system.period),
        ),
    ),
    "table_refined_bound": (
        "figure_tables",
        SWEEP | PAPER_NUMBERS,
        dict(settings=study.refined_bound.model_dump()),
    ),
    "table_silu_converse": (
        "figure_tables",
        MONODROMY | MULTIPLIERS,
        dict(
            settings=dict(
                **study.silu_converse.model_dump(), exact_ln_det=study.system.log_determinant
            )
        ),
    ),
    "table_certified_cycles": (
        "figure_tables",
        MONODROMY | PROOFS,
        dict(settings=study.certified_cycles.model_dump()),
    ),
    "table_seed_spread": (
        "figure_tables",
        SWEEP | MONODROMY | PAPER_NUMBERS,
        dict(settings=study.seed_spread.model_dump()),
    ),
    "table_sensitivity": (
        "figure_tables",
        dict(variants=f"{SATURATION}/data/variants.csv") | PAPER_NUMBERS,
        dict(settings={}),
    ),
}
PAPER_TABLES = {
    "table_1": (SWEEP, study.attenuation.model_dump()),
    "table_2": (SWEEP | MONODROMY | MULTIPLIERS, study.multipliers_window.model_dump()),
    "table_3": (SWEEP, dict(**study.refined_bound.model_dump(), period=study.system.period)),
}


def saturation_results():
    """Every file of the study: also the weights and parts that the others are made from."""
    norms = parts("jacobian_norm", study.scale_sweep.networks)
    trained = [f"{network}/{chunk}" for network in study.networks for chunk in chunks(network)]
    weights = expand("{network}/{stage}", network=study.networks, stage=STAGES)
    return [
        *expand(
            f"{SATURATION}/training/{{part}}.{{suffix}}",
            part=trained,
            suffix=[*(f"{stage}.safetensors" for stage in STAGES), "json"],
        ),
        *expand(
            f"{SATURATION}/weights/{{name}}.{{suffix}}",
            name=weights,
            suffix=WEIGHTS,
        ),
        *expand("results/{part}.{suffix}", part=joined_parts("saturation") + norms, suffix=TABLE),
        *expand(
            f"{SATURATION}/data/{{table}}.{{suffix}}",
            table=TABLES + FIGURES["saturation"],
            suffix=TABLE,
        ),
        *expand(f"{SATURATION}/tables/{{name}}.{{suffix}}", name=PAPER_TABLES, suffix=PAPER_TABLE),
        *figure_files("saturation"),
    ]
