import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people.workbooks import read_phone


@pytest.mark.parametrize(
    "said",
    [
        "16000007548",
        "160 0000 7548",
        "160-0000-7548",
        "+86 16000007548",
        "86-16000007548",
        "0086 16000007548",
        "１６０００００７５４８",
        "16000007548.0",
        "手机:16000007548",
        " 16000007548 ",
        "1.6000007548E+10",
    ],
)
def test_every_way_to_write_a_mobile_is_one_number(said):
    phone = read_phone(said)

    assert (phone.number, phone.kind, phone.reason) == ("16000007548", "mobile", "")


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("029-80000083", "029-80000083"),
        ("80000063", "029-80000063"),
        ("02980000063", "029-80000063"),
        ("010-80000063", "010-80000063"),
        ("0917-8000006", "0917-8000006"),
        ("(029)80000063", "029-80000063"),
    ],
)
def test_landlines_get_the_area_code_of_the_city(said, number):
    phone = read_phone(said)

    assert (phone.number, phone.kind) == (number, "landline")


@pytest.mark.parametrize("said", ["", "无", "没有", " / ", "暂无"])
def test_no_phone_is_no_mistake(said):
    phone = read_phone(said)

    assert (phone.number, phone.kind, phone.reason) == ("", "none", "")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("1380000", "手机号只有 7 位，手机号要 11 位，请补全。"),
        ("160000012345", "手机号有 12 位，手机号要 11 位，请核对。"),
        ("26000001234", "手机号“26000001234”不对，手机号要以 13 到 19 开头，请核对。"),
        ("1.6E+10", "手机号被 Excel 写成了“1.6E+10”，后面几位已经丢了，请按原来的登记补全 11 位。"),
        ("160****1234", "手机号“160****1234”有几位被遮住了，请填完整的 11 位手机号。"),
        ("问网格员", "“问网格员”里没有电话号码，请填 11 位手机号或带区号的座机。"),
    ],
)
def test_a_wrong_phone_says_what_is_wrong_and_what_to_do(said, reason):
    phone = read_phone(said)

    assert (phone.number, phone.reason) == ("", reason)


def test_whose_phone_it_is():
    assert read_phone("16000001234(儿子)").whose == "儿子"
    assert read_phone("女儿的电话 16000001234").whose == "女儿"
    assert read_phone("16000001234(本人)").whose == ""


def test_a_second_number_is_kept():
    phone = read_phone("16000001234/16000005678")

    assert (phone.number, phone.others) == ("16000001234", ("16000005678",))


@settings(deadline=None)
@given(st.text(max_size=40) | st.text("0123456789 -+()./xX*eE转", max_size=30))
def test_any_text_gives_a_valid_number_or_none(said):
    phone = read_phone(said)

    assert (phone.kind == "none") == (phone.number == "")
    assert not (phone.number and phone.reason)
    assert phone.number.isascii()


@settings(deadline=None)
@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["{}", "+86{}", "{}.0", "电话:{}", "{}(女儿)"])
)
def test_every_mobile_is_found_in_what_surrounds_it(number, around):
    assert read_phone(around.format(number)).number == number
