# What study 4 works on: its settings, and the files it makes.
questions = settings.open_questions
QUESTIONS = "results/open_questions"
# The tables that a script of the same name makes alone, at once or by chunks of seeds.
QUESTIONS_TABLES = ["companion_orbits", "homoclinic_limit", "hodgkin_huxley"]
SEEDED_TABLES = [
    "weight_growth",
    "depth_attenuation",
    "activations_at_equal_budget",
    "batch_normalisation",
    "learning_and_radius",
    "trainable_steepness",
]
# Those that sum up one of them.
SUMMED_UP = {
    "saturation_in_diagnostics": "weight_growth",
    "weight_growth_slopes": "weight_growth",
    "slopes_or_budget": "activations_at_equal_budget",
}


def questions_chunks(table):
    """The replicates of a table, cut into jobs: 0-7, 8-15, …"""
    return seed_chunks(getattr(questions, table).seeds, questions.seeds_per_job)


JOINED |= {
    f"open_questions/{table}": [
        f"open_questions/parts/{table}/{chunk}" for chunk in questions_chunks(table)
    ]
    for table in SEEDED_TABLES
}
PROTOCOLS = questions.morris_lecar.protocols
TRAINED_CHUNKS = questions_chunks("morris_lecar")
JOINED["open_questions/morris_lecar_networks"] = expand(
    "open_questions/parts/morris_lecar_networks/{protocol}/{chunk}",
    protocol=PROTOCOLS,
    chunk=TRAINED_CHUNKS,
)


def trained_on_morris_lecar(protocol, chunk):
    """The weights of a job that trains networks by a protocol: a file for each kind."""
    kinds = questions.morris_lecar.networks
    return expand(f"{QUESTIONS}/training/{protocol}/{chunk}.{{kind}}.safetensors", kind=kinds)


def companion_tables():
    """The table of the companion's own networks, if the config says where they are."""
    return ["companion_networks"] if questions.companion else []


def open_questions_results():
    """Every file of the study: also the weights and parts that the others are made from."""
    trained = [f"{protocol}/{chunk}" for protocol in PROTOCOLS for chunk in TRAINED_CHUNKS]
    kinds = [f"{kind}.safetensors" for kind in questions.morris_lecar.networks]
    training = [f"open_questions/parts/morris_lecar_training/{part}" for part in trained]
    return [
        *expand(f"{QUESTIONS}/training/{{part}}.{{suffix}}", part=trained, suffix=[*kinds, "json"]),
        *expand(
            "results/{part}.{suffix}",
            part=joined_parts("open_questions") + training,
            suffix=TABLE,
        ),
        *expand(
            f"{QUESTIONS}/data/{{table}}.{{suffix}}",
            table=[
                "current_diagram",
                "bifurcations",
                *QUESTIONS_TABLES,
                *SEEDED_TABLES,
                *SUMMED_UP,
                "morris_lecar_networks",
                "morris_lecar",
                *companion_tables(),
            ],
            suffix=TABLE,
        ),
        *figure_files("open_questions"),
    ]
