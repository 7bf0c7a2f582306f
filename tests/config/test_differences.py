"""What in a configuration is not as in the default one."""

from neural_spectra.config.differences import differences

DEFAULT = {"studies": ["rnn"], "rnn": {"orbits": {"step": 0.1, "omegas": [1.0, 2.0]}}}


def test_a_configuration_does_not_differ_from_itself():
    assert differences(DEFAULT, DEFAULT) == []


def test_a_changed_setting_is_told_with_both_values():
    changed = DEFAULT | {"rnn": {"orbits": {"step": 0.2, "omegas": [1.0, 2.0]}}}
    assert differences(DEFAULT, changed) == ["rnn.orbits.step: 0.1 → 0.2"]


def test_what_only_one_of_them_has_is_told():
    changed = DEFAULT | {"rnn": {"orbits": {"step": 0.1, "level": None}}}
    assert differences(DEFAULT, changed) == [
        "rnn.orbits.omegas: [1.0, 2.0] → none",
        "rnn.orbits.level: none → None",
    ]
