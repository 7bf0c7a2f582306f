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
    "depth_attenuation",
    "trainable_steepness",
]


def open_questions_results():
    """Every file of the study."""
    return [
        *expand(
            f"{QUESTIONS}/data/{{table}}.{{suffix}}",
            table=[*QUESTIONS_PAIRS, *QUESTIONS_PAIRS.values(), *QUESTIONS_TABLES],
            suffix=TABLE,
        ),
        *figure_files("open_questions"),
    ]
