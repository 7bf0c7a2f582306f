# What study 4 works on: its settings, and the files it makes.
questions = settings.open_questions
QUESTIONS = "results/open_questions"
# The tables that a script of the same name makes alone.
QUESTIONS_TABLES = [
    "companion_orbits",
    "homoclinic_limit",
    "hodgkin_huxley",
    "weight_growth",
    "batch_normalisation",
    "learning_and_radius",
    "trainable_steepness",
]


def open_questions_results():
    """Every file of the study."""
    return [
        *expand(
            f"{QUESTIONS}/data/{{table}}.{{suffix}}",
            table=["current_diagram", "bifurcations", *QUESTIONS_TABLES],
            suffix=TABLE,
        ),
        *figure_files("open_questions"),
    ]
