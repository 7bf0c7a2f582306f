# What study 3 works on: its settings, what its tables are made from, and the files it makes.
affine = settings.affine_maps
AFFINE = "results/affine_maps"
CURATED = dict(
    seeds=f"{AFFINE}/data/curated_seeds.csv", weights=f"{AFFINE}/weights/curated.safetensors"
)
MODELS = dict(models=f"{AFFINE}/data/models.csv")
# The weights of the seed whose models are looked at closely; further seeds leave its file as it is.
GRID_WEIGHTS = f"{AFFINE}/weights/grid/{affine.grid.chunk_of(affine.grid.models.seed)}.safetensors"
# The tables that figures are drawn from: what each is made from, and its settings.
AFFINE_TABLES = {
    "attractors_by_weights": (CURATED, affine.parameters("portraits")),
    "regions_by_activation": (CURATED, affine.parameters("regions")),
    "bias": (CURATED, affine.parameters("portraits")),
    "depth": (CURATED, affine.parameters("spectra")),
    "attractor_types": (CURATED, affine.parameters("portraits")),
    "attractor_regions": (CURATED, affine.parameters("regions")),
    "attractor_spectra": (CURATED, affine.parameters("spectra")),
    "regions_same_weights": (CURATED, affine.parameters("regions_same_weights")),
    "region_metrics": (CURATED, affine.parameters("region_metrics")),
    "depth_shared": (CURATED, affine.parameters("depth_shared")),
    "trainable_spectra": ({}, affine.parameters("trainable_spectra")),
    "models_overview": (MODELS | dict(counts=f"{AFFINE}/data/class_counts.csv"), {}),
    "counterexamples": (
        MODELS | dict(weights=GRID_WEIGHTS),
        affine.grid.parameters("counterexamples"),
    ),
    "statements": ({}, affine.parameters("statements")),
}
# The one table here that PyTorch computes.
AFFINE_DEVICES = {"trainable_spectra": dict(device=settings.device)}

JOINED["affine_maps/class_counts"] = [
    f"affine_maps/parts/class_counts/{chunk}" for chunk in affine.grid.seed_chunks
]


def affine_maps_results():
    """Every file of the study: also the weights and parts that the others are made from."""
    computed = ["curated_seeds", "caption_trials", "models", "class_counts", "activations"]
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
        *expand(f"{AFFINE}/tables/table_1.{{suffix}}", suffix=PAPER_TABLE),
        *expand(f"{AFFINE}/tables/activation_properties.{{suffix}}", suffix=TABLE),
        *expand(f"{AFFINE}/data/grid.{{suffix}}", suffix=["parquet", "json"]),
        *figure_files("affine_maps"),
    ]
