"""The replies that are in the image, and what is refused."""

import pytest
import yaml

from chat import replies

GOOD = {
    "fallback": {"threshold": 0.5, "text": "What?", "handoff_after": 2},
    "replies": {"human_handoff": "Call us.", "greet": "Hi."},
}


def test_the_replies_of_the_image():
    loaded = replies.load()
    assert (loaded.threshold, loaded.handoff_after) == (0.5, 2)
    assert loaded.fallback == "Sorry, I did not get that. Could you say it in other words?"
    assert (
        loaded.by_intent["opening_hours"]
        == "We are open Monday to Saturday from 9 to 18, and closed on Sundays and public holidays."
    )


def test_a_model_must_have_all_its_replies():
    loaded = replies.Replies(0.5, "What?", 2, {"greet": "Hi.", "human_handoff": "Call us."})
    assert loaded.fit(["greet", "human_handoff"]) == []
    assert loaded.fit(["greet"]) == ["human_handoff"]
    with pytest.raises(replies.RepliesError) as error:
        loaded.fit(["greet", "price", "location"])
    assert str(error.value) == "the model knows intents without a reply: location, price; write them into replies.yml"


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"fallback": {**GOOD["fallback"], "threshold": 1}}, "fallback.threshold is 1; it must be above 0 and below 1"),
        (
            {"fallback": {**GOOD["fallback"], "threshold": "0.5"}},
            "fallback.threshold is '0.5'; it must be above 0 and below 1",
        ),
        ({"fallback": {**GOOD["fallback"], "handoff_after": 0}}, "fallback.handoff_after is 0; it must be 1 or more"),
        ({"fallback": {**GOOD["fallback"], "text": " "}}, "fallback.text is ' '; it must be a text"),
        ({"replies": {**GOOD["replies"], "affirm": True}}, "replies.affirm is True; it must be a text"),
        ({"replies": {"greet": "Hi."}}, "replies.human_handoff is missing; it follows 2 fallbacks in a row"),
    ],
)
def test_bad_replies_say_where(tmp_path, change, reason):
    path = tmp_path / "replies.yml"
    path.write_text(yaml.safe_dump({**GOOD, **change}))
    with pytest.raises(replies.RepliesError) as error:
        replies.load(path)
    assert str(error.value) == "replies.yml: " + reason


@pytest.mark.parametrize("text", ["[]", "{", "fallback: {}\nreplies: {}", "fallback: 3\nreplies: {}", "replies: 3"])
def test_a_file_that_is_none(tmp_path, text):
    path = tmp_path / "replies.yml"
    path.write_text(text)
    with pytest.raises(
        replies.RepliesError, match="^replies.yml cannot be understood: .*; it has fallback and replies$"
    ):
        replies.load(path)
