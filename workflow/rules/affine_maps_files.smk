# What study 3 works on: its settings, what its tables are made from, and the files it makes.
affine = settings.affine_maps
AFFINE = "results/affine_maps"
CURATED = dict(
    seeds=f"{AFFINE}/data/curated_seeds.csv", weights=f"{AFFINE}/weights/curated.safetensors"
)
MODELS = dict(models=f"{AFFINE}/data/models.csv")
# The weights of the seed whose models are looked at closely; further seeds leave its file as it is.
GRID_WEIGHTS = f"{AFFINE}/weights/grid/{affine.grid.chunk_of(affine.grid.models.seed)}.safetensors"
PORTRAITS, REGIONS, SPECTRA = map(affine.parameters, ["portraits", "regions", "spectra"])
# The tables of the curated models that figures are drawn from, and the settings of each.
CURATED_TABLES = {
    "attractors_by_weights": PORTRAITS | dict(grid=SPECTRA),
    "regions_by_activation": REGIONS,
    "bias": PORTRAITS,
    "depth": SPECTRA,
    "attractor_types": PORTRAITS,
    "attractor_regions": REGIONS,
    "attractor_spectra": SPECTRA,
    "regions_same_weights": affine.parameters("regions_same_weights"),
    "region_metrics": affine.parameters("region_metrics"),
    "depth_shared": affine.parameters("depth_shared"),
}
# All tables that figures are drawn from: the script, what each is made from, and its parameters.
AFFINE_TABLES = {
    **{
        name: ("curated_tables", CURATED, dict(settings=parameters))
        for name, parameters in CURATED_TABLES.items()
    },
    # The one table here that PyTorch computes.
    "trainable_spectra": (
        "trainable_spectra",
        {},
        dict(device=settings.device, settings=affine.parameters("trainable_spectra")),
    ),
    "models_overview": (
        "models_overview",
        MODELS | dict(counts=f"{AFFINE}/data/class_counts.csv"),
        {},
    ),
    "counterexamples": (
        "counterexamples",
        MODELS | dict(weights=GRID_WEIGHTS),
        dict(settings=affine.grid.parameters("counterexamples")),
    ),
    "statements": ("statements", {}, dict(settings=affine.parameters("statements"))),
    "stability_listings": ("stability_listings", {}, {}),
    "rare_chaos": ("rare_chaos", {}, dict(settings=affine.rare_chaos_parameters())),
    "stable_weights": ("stable_weights", {}, dict(settings=affine.parameters("stable_weights"))),
    "contracting_balls": (
        "contracting_balls",
        CURATED,
        dict(settings=affine.parameters("contracting_balls")),
    ),
    "modal_classes": ("modal_classes", dict(classes=f"{AFFINE}/data/model_classes.csv"), {}),
}
# The tables for readers: the script, which has the table's name, and what each is made from.
AFFINE_PAPER_TABLES = {
    "affine_table_1": ("table_1", dict(seeds=CURATED["seeds"])),
    "counterexamples_table": (
        "counterexamples_table",
        dict(counterexamples=f"{AFFINE}/data/counterexamples.csv"),
    ),
}
for name in ("class_counts", "model_classes"):
    JOINED[f"affine_maps/{name}"] = [
        f"affine_maps/parts/{name}/{chunk}" for chunk in affine.grid.seed_chunks
    ]


def affine_maps_results():
    """Every file of the study: also the weights and parts that the others are made from."""
    computed = [
        "curated_seeds",
        "caption_trials",
        "models",
        "class_counts",
        "model_classes",
        "activations",
    ]
    return [
        *expand(
            f"{AFFINE}/weights/{{name}}.{{suffix}}",
            name=["curated", *(f"grid/{chunk}" for chunk in affine.grid.seed_chunks)],
            suffix=WEIGHTS,
        ),
        *expand("results/{part}.{suffix}", part=joined_parts("affine_maps"), suffix=TABLE),
        *expand(
            f"{AFFINE}/data/{{table}}.{{suffix}}", table=[*computed, *AFFINE_TABLES], suffix=TABLE
        ),
        *expand(
            f"{AFFINE}/tables/{{table}}.{{suffix}}",
            table=[program for program, _ in AFFINE_PAPER_TABLES.values()],
            suffix=PAPER_TABLE,
        ),
        *expand(f"{AFFINE}/tables/activation_properties.{{suffix}}", suffix=TABLE),
        *expand(f"{AFFINE}/data/grid.{{suffix}}", suffix=["parquet", "json"]),
        *figure_files("affine_maps"),
    ]
