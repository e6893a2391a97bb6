"""What is measured on every page, in the browser itself."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Every visible piece of text with the height of its letters on the screen, in CSS pixels.
TEXTS = """() => {
    const found = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
        const text = walker.currentNode.textContent.trim(), parent = walker.currentNode.parentElement
        if (!text || parent.closest('script, style, noscript, template, option, .vh')) continue
        const box = parent.getBoundingClientRect()
        if (!box.width || !box.height || !parent.checkVisibility()) continue
        const drawing = parent.closest('svg'), matrix = drawing && parent.getScreenCTM && parent.getScreenCTM()
        const scale = matrix ? matrix.a : 1
        found.push([Math.round(parseFloat(getComputedStyle(parent).fontSize) * scale * 10) / 10, text.slice(0, 20)])
    }
    return found
}"""

# What one can tap, with its size. A link inside a sentence is as high as its line (WCAG 2.5.8, exception "inline").
# The seven days of a week stand in one row, and a phone has no more than 36 to 45 for each: there the height counts.
TARGETS = """() => {
    const found = []
    const wanted = 'a[href], button, summary, select, textarea, input:not([type=hidden])'
    for (const one of document.querySelectorAll(wanted)) {
        if (!one.checkVisibility({visibilityProperty: true}) || one.closest('.vh') || one.disabled) continue
        const inSentence = one.matches('a') && getComputedStyle(one).display === 'inline' &&
            [...one.parentElement.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
        if (inSentence) continue
        const target = one.matches('[type=checkbox], [type=radio]') && one.closest('label') || one
        const box = target.getBoundingClientRect()
        if (!box.width || !box.height) continue
        const narrow = one.matches('.strip a, .wkstrip a, .month a') && box.width >= 30 && innerWidth < 400
        const side = narrow ? box.height : Math.min(box.width, box.height)
        const name = (target.getAttribute('aria-label') || target.textContent || target.id).trim().slice(0, 20)
        found.push([Math.floor(side + 0.5), `${one.tagName} ${name}`])
    }
    return found
}"""

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
AXE = Axe()


def complaints(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds: rule and place. `rules` looks at these only."""
    options = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = rules
    found = AXE.run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {node['target'][0]} {node['any'][:1] and node['any'][0]['message']}"
        for one in found
        for node in one["nodes"]
    ]


def small(page: Page, measure: str, floor: float) -> list[str]:
    """What is smaller than the floor, in pixels."""
    return sorted({f"{size} px: {name}" for size, name in page.evaluate(measure) if size < floor})


def overflow(page: Page, width: int) -> int:
    """How many pixels the page is wider than a window of that width."""
    page.set_viewport_size({"width": width, "height": 640})
    return page.evaluate(OVERFLOW)
