"""Workers, monitor, parent and web die at random and the clock jumps: every effect arrives once, none is lost."""

from tests import chaos

SIZE = chaos.Size(mails=60, texts=40, expiring=15, answers=6, seconds=20, searches=12)


def test_every_effect_once_whatever_dies(database_url, tmp_path):
    found = chaos.story(database_url, tmp_path, SIZE, seed=6)

    unsure = found["states"].pop("unsure", 0)
    assert found["states"] == {"sent": SIZE.mails + SIZE.texts - unsure}
    assert found["texts"] == {1: SIZE.texts}
    # A mail without a receipt is never repeated; a mail with one arrived once.
    assert set(found["mails"]) <= {0, 1} and set(found["unsure"]) <= {0, 1}
    assert found["mails"][0] == found["unsure"][0]
    assert found["expired"] == {1: SIZE.expiring}
    assert found["answers"] == {1: SIZE.answers}
    assert found["taken"] == SIZE.answers
    searches = found["substitutes"]
    assert (
        searches["searches"] == searches["covers"] == searches["credited"] == searches["closed"] == {1: SIZE.searches}
    )
    # What left arrived once, what was dropped because the place was filled never did.
    assert set(searches["invitations"]) == {1} and set(searches["dropped_invitations"]) <= {0}
    assert not searches["other_invitations"] and not searches["page_errors"]
    assert sum(found["kills"].values()) >= 5
    assert found["recovered"] <= 60
