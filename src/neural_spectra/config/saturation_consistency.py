"""What the blocks of ``config/saturation.yaml`` must be together: scales that are swept, sizes."""

from __future__ import annotations

from collections.abc import Iterator

from neural_spectra.config.saturation_blocks import SaturationBlocks
from neural_spectra.config.saturation_figures import MOST_ROWS
from neural_spectra.config.saturation_networks import DIMENSION, TrainedNetwork, with_change
from neural_spectra.config.size_limits import require_jobs, require_room

# A solver follows growth by this factor, as a natural logarithm, in one period.
MOST_GROWTH = 70.0
AS_USED = "as used"  # the label of a network among its own variants


def require_full_regions(study: SaturationBlocks) -> None:
    """Refuse to prove that there is no closed orbit in a curve."""
    for name in study.certificates.regions:
        if study.regions[name].shape == "orbit":
            raise ValueError(
                f"certificates.regions: '{name}' is a curve, and a closed orbit needs room; take "
                f"a ball or a box"
            )


def require_swept_scales(study: SaturationBlocks) -> None:
    """Refuse to show a scale that is not computed: a table would lack it without a word."""
    for shown, scales, sweep, known in _scales_shown(study):
        for s in scales:
            if s not in known:
                nearest = min(known, key=lambda value: abs(value - s))
                raise ValueError(
                    f"{shown}: s = {s:.12g} is not among {sweep}; take {nearest:.12g}, the "
                    f"nearest there, or add it to them"
                )


def _scales_shown(study: SaturationBlocks) -> Iterator[tuple[str, list[float], str, list[float]]]:
    """Yield every choice among scales, and the sweep that has to go over them."""
    spread, circle, sweep = study.seed_spread, study.monodromy, study.scale_sweep
    determinants = "seed_spread.determinant_scales", spread.determinant_scales
    improvement = "seed_spread.improvement_scale", [spread.improvement_scale]
    on_circle = "monodromy.scales", circle.scales.values()
    in_sweep = "scale_sweep.scales", sweep.scales.values()
    yield "table_scales", study.table_scales, *in_sweep
    yield "table_scales", study.table_scales, *on_circle
    yield "phase_portraits.scales", study.phase_portraits.scales, *on_circle
    yield *determinants, *on_circle
    yield *improvement, *in_sweep
    if study.networks[spread.determinant].seeds > 1:
        yield *determinants, "monodromy.replicate_scales", circle.replicate_scales
    if study.networks[spread.refined].seeds > 1:
        yield *improvement, "scale_sweep.replicate_scales", sweep.replicate_scales


def variants(study: SaturationBlocks, network: str) -> dict[str, TrainedNetwork]:
    """Return a trained network and all of its variants, by label."""
    place, base = f"sensitivity.variants.{network}", study.networks[network]
    changes = study.sensitivity.variants[network]
    if AS_USED in changes:
        raise ValueError(f"{place}: '{AS_USED}' is the network itself; rename the variant")
    for label, change in changes.items():
        if "seeds" in change:
            raise ValueError(
                f"{place}.{label}.seeds: all variants have the seeds of sensitivity.seeds; change "
                f"that"
            )
    changed = {
        label: with_change(base, change, f"{place}.{label}") for label, change in changes.items()
    }
    return {AS_USED: base, **changed}


def require_possible_sizes(study: SaturationBlocks) -> None:
    """Refuse what takes too many jobs, too much memory or too large a figure."""
    per_job, networks = study.seeds_per_job, study.networks.values()
    jobs = sum(-(-network.seeds // per_job) for network in networks)
    require_jobs("networks", jobs * per_job, per_job)
    for names, numbers in (*_arrays_of_training(study), *_arrays_of_scales(study)):
        require_room(names, numbers)
    others = len(study.sensitivity.levels) + len(study.regions)
    rows = sum(len(changes) + others for changes in study.sensitivity.variants.values())
    if rows > MOST_ROWS:
        raise ValueError(
            f"sensitivity: variants, levels and regions make {rows} rows of a figure, which has "
            f"room for {MOST_ROWS}; leave some out"
        )
    rate, period = study.three_dimensions.rate, study.system.period
    if rate * period > MOST_GROWTH:
        raise ValueError(
            f"three_dimensions.rate: the third axis grows by exp({rate * period:.3g}) in a "
            f"period, too much to follow; lower it to {MOST_GROWTH / period:.3g}"
        )


def _arrays_of_training(study: SaturationBlocks) -> Iterator[tuple[str, int]]:
    """Yield the size of the largest arrays, with the settings that they are a product of."""
    points, product = study.training.points, "seeds · training.points · hidden"
    for name, network in study.networks.items():
        seeds = min(network.seeds, study.seeds_per_job)
        yield f"networks.{name}: {product}", network.numbers_in_training(points, seeds)
    for name in study.sensitivity.variants:
        for label, variant in variants(study, name).items():
            numbers = variant.numbers_in_training(points, study.sensitivity.seeds)
            yield f"sensitivity.variants.{name}.{label}: sensitivity.{product}", numbers


def _arrays_of_scales(study: SaturationBlocks) -> Iterator[tuple[str, float]]:
    """Yield the size of the largest arrays, with the settings that they are a product of."""

    def parameters(name: str) -> int:
        return study.networks[name].parameters

    def seeds(name: str) -> int:
        return min(study.networks[name].seeds, study.seeds_per_job)

    sweep, circle, paths = study.scale_sweep, study.monodromy, study.trajectory_bounds
    for name in sweep.networks:
        points = max(2**sweep.points_level, parameters(name))
        numbers = sweep.members(seeds(name)) * points
        yield f"scale_sweep.networks.{name}: seeds · scales · 2^points_level", numbers
    for name in circle.networks:
        numbers = circle.most_scales * study.solver.segments * parameters(name)
        yield f"monodromy.networks.{name}: scales · solver.segments · hidden", numbers
    search = study.own_orbits.search
    states = DIMENSION * search.longest / search.step
    for name, scales in study.own_orbits.scales.items():
        size = seeds(name) * len(scales.values()) * max(states, parameters(name))
        yield f"own_orbits.scales.{name}: seeds · scales · windows / step", size
    shown = study.obstruction
    numbers = seeds(shown.network) * len(shown.scales.values()) * parameters(shown.network)
    yield "obstruction: seeds · scales · hidden", numbers
    for name in paths.networks:
        numbers = min(seeds(name), paths.seeds) * len(paths.scales) * parameters(name)
        numbers *= paths.trajectories * paths.segments
        yield "trajectory_bounds: seeds · scales · trajectories · segments · hidden", numbers
