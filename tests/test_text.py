import regex
from hypothesis import given
from hypothesis import strategies as st

from workshop.text import Text, clean, length

# Everything a phone can send, surrogates and all, with what does harm far more often than by chance.
HARMFUL = "\u0000\u0008\r\n\t \u00a0\u00ad\u034f\u061c\u200b\u200c\u200d\u200e\u202e\u2028\u2029\u2066\u2069\ufe0f"
HARMFUL += "\ufeff\ufffb\uffff"
HARMFUL += "\u0301\u0302\u0489\ud800\udfff\ue000\U0001f3f4\U000e0001\U000e0067\U000e007f\U0001fffe\U0010ffff가ᄀ"
TYPED = st.text(st.one_of(st.characters(), st.sampled_from(HARMFUL)), max_size=60)

XML = regex.compile(r"[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]*")  # XML 1.0, production 2
WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


@given(TYPED, st.booleans())
def test_cleaning_again_changes_nothing(raw, lines):
    once = clean(raw, lines=lines)
    assert clean(once, lines=lines) == once


@given(TYPED, st.booleans())
def test_whatever_is_typed_comes_out_as_utf8_that_xml_can_hold(raw, lines):
    cleaned = clean(raw, lines=lines)
    assert cleaned.encode().decode() == cleaned
    assert XML.fullmatch(cleaned)


@given(TYPED)
def test_without_lines_the_text_is_one_line_with_single_spaces(raw):
    assert clean(raw).split() == clean(raw).split(" ") or clean(raw) == ""


@given(TYPED)
def test_with_lines_every_line_is_trimmed(raw):
    for line in clean(raw, lines=True).split("\n"):
        assert line == line.strip()


def test_every_welsh_letter_with_a_circumflex_is_kept():
    assert clean("ŵ ŷ Ŵ Ŷ â ê î ô û ï") == "ŵ ŷ Ŵ Ŷ â ê î ô û ï"


def test_a_letter_and_its_circumflex_typed_apart_become_one_letter():
    assert clean("w\u0302y\u0302") == "ŵŷ"


def test_a_family_joined_out_of_four_is_kept():
    assert clean(FAMILY) == FAMILY


def test_the_flag_of_wales_is_kept():
    assert clean(f"Cymru {WALES}!") == f"Cymru {WALES}!"


def test_hidden_tags_go_where_they_are_no_flag():
    assert clean("a\U000e0067b") == "ab"
    assert clean("\U0001f3f4" + "\U000e0067" * 50) == "\U0001f3f4"
    assert clean(WALES + "\U000e0067") == WALES


def test_direction_overrides_and_isolates_go():
    assert clean("a\u202eb\u202dc\u2066d\u2069e\u200ff\u061cg") == "abcdefg"


def test_joiners_that_other_scripts_need_are_kept():
    assert clean("\u0915\u094d\u200d\u0937") == "\u0915\u094d\u200d\u0937"


def test_marks_stacked_on_a_letter_are_capped_at_eight():
    assert clean("e" + "\u0489" * 100 + "!") == "e" + "\u0489" * 8 + "!"


def test_half_a_character_goes():
    assert clean("a\ud83db") == "ab"
    assert clean("a\udc00b") == "ab"


def test_private_use_and_noncharacters_go():
    assert clean("a\ue000b\ufdd0c\U0001fffed\U0010ffffe") == "abcde"


def test_control_characters_go_and_white_space_becomes_a_space():
    assert clean("\u0000a\u0007\tb\u00a0\u3000c\u001b ") == "a b c"


def test_line_breaks_stay_only_where_lines_are_asked_for():
    assert clean(" one \r\n\r\n two\u2029three ", lines=True) == "one\ntwo\nthree"
    assert clean(" one \r\n\r\n two\u2029three ") == "one two three"


def test_length_is_what_a_person_would_count():
    assert length("") == 0
    assert length("dŵr") == 3
    assert length("w\u0302") == 1
    assert length(FAMILY) == 1
    assert length(WALES) == 1


def test_a_missing_language_is_spoken_in_the_other_and_says_so():
    assert Text(cy="dŵr", en="water").spoken("cy") == ("dŵr", "cy")
    assert Text(cy="dŵr", en="water").spoken("en") == ("water", "en")
    assert Text(cy="dŵr").spoken("en") == ("dŵr", "cy")
    assert Text(en="water").spoken("cy") == ("water", "en")
    assert Text().spoken("cy") == ("", "cy")
