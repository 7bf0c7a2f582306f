# What study 1 computes of each chunk of replicates of a network, a table or two at a time.
from neural_spectra.studies.saturation import DRAWN_SEED


def frozen_weights(wildcards):
    """The weights of a chunk of replicates: a file that further replicates leave as it is."""
    trained = chunks(wildcards.network)[seeds(wildcards)[0] // study.seeds_per_job]
    return f"{SATURATION}/training/{wildcards.network}/{trained}.final.safetensors"


def sweeps(block):
    """Which replicates go over which scales: the drawn one over all, the others over some."""

    def of(wildcards):
        drawn = [seed for seed in seeds(wildcards) if seed == DRAWN_SEED]
        others = [seed for seed in seeds(wildcards) if seed != DRAWN_SEED]
        groups = [(drawn, block.scales.values()), (others, block.replicate_scales)]
        return [dict(seeds=group, scales=scales) for group, scales in groups if group]

    return of


def scales_of_orbits(wildcards):
    """The scales at which a network's own orbits are looked for."""
    return study.own_orbits.scales[wildcards.network].values()


def of_chunk(name, output="table"):
    """A table of some replicates of a network, and its record, as outputs of a rule."""
    return table(f"saturation/parts/{name}/{{network}}/{{chunk}}", output)


# What is computed of each chunk of replicates, by the name of its script: the tables that it makes,
# what it takes beside the weights, and its parameters.
TABLES_OF_CHUNKS = {
    "sweep_scale": (
        of_chunk("saturation_by_layer") | of_chunk("jacobian_norm", "norms"),
        {},
        dict(
            sweeps=sweeps(study.scale_sweep),
            settings=dict(
                system=SYSTEM,
                regions=REGIONS,
                points_level=study.scale_sweep.points_level,
                coarsest_level=study.scale_sweep.coarsest_level,
            ),
        ),
    ),
    "jacobian_bounds": (
        of_chunk("scale_sweep"),
        dict(norms=of_chunk("jacobian_norm")["table"]),
        dict(
            sweeps=sweeps(study.scale_sweep),
            settings=dict(
                system=SYSTEM,
                regions=REGIONS,
                tightness=study.scale_sweep.tightness,
                jacobian_tightness=study.scale_sweep.jacobian_tightness,
                coarsest_level=study.scale_sweep.coarsest_level,
                finest_level=study.scale_sweep.finest_level,
            ),
        ),
    ),
    "obstruction": (
        of_chunk("obstruction"),
        {},
        dict(
            seeds=seeds,
            settings=dict(
                system=SYSTEM,
                offsets=study.obstruction.offsets,
                scales=study.obstruction.scales.values(),
                radius=study.obstruction.radius,
            ),
        ),
    ),
    "monodromy": (
        of_chunk("reference_monodromy") | of_chunk("reference_multipliers", "multipliers"),
        {},
        dict(sweeps=sweeps(study.monodromy), settings=dict(system=SYSTEM, solver=SOLVER)),
    ),
    "own_orbits": (
        of_chunk("own_monodromy") | of_chunk("own_multipliers", "multipliers"),
        {},
        dict(
            seeds=seeds,
            scales=scales_of_orbits,
            settings=study.own_orbits.model_dump(include={"starts", "search"}),
        ),
    ),
    "certificates": (
        of_chunk("certificates"),
        dict(orbits=of_chunk("own_monodromy")["table"]),
        dict(
            seeds=seeds,
            scales=scales_of_orbits,
            settings=dict(
                system=SYSTEM,
                regions={name: REGIONS[name] for name in study.certificates.regions},
                states=2**study.certificates.states_level,
                budget=study.certificates.budget,
            ),
        ),
    ),
    "trajectory_bounds": (
        of_chunk("trajectory_bounds"),
        {},
        dict(
            seeds=seeds,
            settings=study.trajectory_bounds.model_dump(exclude={"networks", "seeds"}),
        ),
    ),
}
