"""The browser itself: Chinese glyphs are there, and the strict policy breaks nothing."""

import pytest

pytestmark = pytest.mark.journey


def test_admin_sign_in_works_under_the_policy(live_server, page, picture):
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))

    page.goto(f"{live_server.url}/admin/")
    picture(page, "admin-sign-in")

    assert page.locator("input[name=username]").is_visible()
    assert [text for text in complaints if "Policy" in text] == []


def test_chinese_glyphs_are_not_boxes(page):
    """A box is as wide for every missing character and has no ink of its own."""
    page.set_content("<canvas id=c width=80 height=40></canvas>")
    inks = page.evaluate(
        """() => ['邻', '课', '\\u{10FFFD}'].map(character => {
            const context = document.getElementById('c').getContext('2d')
            context.clearRect(0, 0, 80, 40)
            context.font = '32px sans-serif'
            context.fillText(character, 4, 34)
            return context.getImageData(0, 0, 80, 40).data.filter((v, i) => i % 4 == 3).reduce((a, b) => a + b, 0)
        })"""
    )

    assert len(set(inks)) == 3
    assert min(inks[:2]) > 0
