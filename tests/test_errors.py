"""What a message to a user may look like, whatever it quotes."""

import pytest

from neural_spectra.errors import InputError, printable


def test_a_short_message_stays_as_it_is():
    text = "2 mistakes in the config:\n  a.yaml: α = 'x' is text\n  a.yaml: β is empty"
    assert str(InputError(text)) == text


@pytest.mark.parametrize("quoted", ["x" * 10**6, "\x1b" * 10**5, "\U0001f600" * 10**5])
def test_a_message_keeps_its_place_and_its_remedy_and_is_short_whatever_it_quotes(quoted):
    message = str(InputError(f"mine.yaml: style = {quoted}: should be a block of keys"))
    assert len(message) < 1000
    assert message.startswith("mine.yaml: style = ")
    assert message.endswith(": should be a block of keys")


def test_a_message_of_many_lines_ends_after_some_of_them():
    message = str(InputError("many:\n  " + "\n  ".join(f"a.yaml: key {k}" for k in range(10**5))))
    assert len(message) < 1100
    assert message.startswith("many:\n  a.yaml: key 0\n  a.yaml: key 1\n")
    assert message.endswith(" … and more")


@pytest.mark.parametrize(
    "order",
    ["\x1b[2J", "\x07", "\x00", "\x7f", "\x9b2J", "\r", "\u202e", "\u2066", "\u2028", "\ud800"],
)
def test_no_message_is_an_order_to_the_terminal(order):
    message = str(InputError(f"mine.yaml: {order} is no name\n  {order}"))
    assert all(line.isprintable() for line in message.split("\n"))
    assert message.count("\n") == 1
    assert printable(order).isprintable()
    message.encode()
