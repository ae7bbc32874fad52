import pytest

from tests.kinds.room import content, tallied
from workshop.gathered import Gathered
from workshop.kinds import info
from workshop.model import Invalid

EMPTY = Gathered()


def card(n: int) -> dict[str, dict[str, str]]:
    return {"title": {"en": f"Card {n}"}, "text": {"en": "Text"}}


@pytest.mark.parametrize(("cards", "pages"), [(1, [1]), (2, [2]), (3, [2, 1]), (4, [2, 2])])
def test_cards_are_shown_two_a_page(cards, pages):
    shown = tallied("info", content("info", cards=[card(n) for n in range(cards)]), ())
    assert [len(page) for page in shown.pages] == pages
    assert [view.arguments for view in shown.views] == [{"page": n + 1, "pages": len(pages)} for n in range(len(pages))]


def test_without_cards_there_is_one_view_of_the_text():
    shown = tallied("info", content("info", cards=[]), ())
    assert [view.key for view in shown.views] == ["The text"]
    assert shown.pages == ()


def test_an_info_takes_no_answer_and_counts_nothing():
    with pytest.raises(Invalid, match="There is nothing to answer here"):
        info.read(content("info"), {})
    assert info.count(content("info"), info.Value()) == {}
    assert info.progress(content("info"), info.Value()) == (0, 0)
