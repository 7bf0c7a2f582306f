# What study 4 works on: its settings, and the files it makes.
questions = settings.open_questions
QUESTIONS = "results/open_questions"
# The tables that a script of the same name makes, each with a second one.
QUESTIONS_PAIRS = {
    "current_diagram": "bifurcations",
    "weight_growth": "saturation_in_diagnostics",
    "activations_at_equal_budget": "slopes_or_budget",
}
# The tables that a script of the same name makes alone.
QUESTIONS_TABLES = [
    "companion_orbits",
    "homoclinic_limit",
    "hodgkin_huxley",
    "batch_normalisation",
    "learning_and_radius",
    "depth_attenuation",
    "trainable_steepness",
]
PROTOCOLS = questions.morris_lecar.protocols
TRAINED_CHUNKS = seed_chunks(questions.morris_lecar.seeds, questions.morris_lecar.seeds_per_job)
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
    """Every file of the study."""
    return [
        *expand(
            f"{QUESTIONS}/data/{{table}}.{{suffix}}",
            table=[
                *QUESTIONS_PAIRS,
                *QUESTIONS_PAIRS.values(),
                *QUESTIONS_TABLES,
                "morris_lecar_networks",
                "morris_lecar",
                *companion_tables(),
            ],
            suffix=TABLE,
        ),
        *figure_files("open_questions"),
    ]
