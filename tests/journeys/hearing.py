"""A page as a screen reader has it: the browser's own accessibility tree, in the order in which it is read."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from playwright.sync_api import Page

CONTROLS = {
    "button",
    "checkbox",
    "combobox",
    "link",
    "radio",
    "searchbox",
    "slider",
    "spinbutton",
    "switch",
    "textbox",
    "DisclosureTriangle",
}
LANDMARKS = {"banner", "complementary", "contentinfo", "form", "main", "navigation", "region", "search"}
# A picture that says nothing to a screen reader stands in the tree without a name, and is passed over.
NAMED = CONTROLS | {"dialog", "heading", "navigation", "radiogroup", "region", "complementary"}


@dataclass(frozen=True, slots=True)
class Node:
    """What is heard at one point: role, name, description, state, and the landmark around it."""

    role: str
    name: str
    about: str = ""
    level: int = 0
    invalid: bool = False
    live: str = ""
    landmark: str = ""
    group: str = ""


def heard(page: Page) -> list[Node]:
    """Every node that a screen reader stops at, in the order of the tree."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {node["nodeId"]: node for node in nodes}
    found: list[Node] = []

    def walk(node: dict[str, Any], landmark: str, group: str) -> None:
        role = node.get("role", {}).get("value", "")
        name = node.get("name", {}).get("value", "").strip()
        if not node.get("ignored"):
            facts = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
            found.append(
                Node(
                    role=role,
                    name=name,
                    about=node.get("description", {}).get("value", "").strip(),
                    level=int(facts.get("level") or 0),
                    invalid=facts.get("invalid") in ("true", True),
                    live=str(facts.get("live") or ""),
                    landmark=landmark,
                    group=group,
                )
            )
            landmark = role if role in LANDMARKS else landmark
            group = name if role in ("group", "radiogroup") else group
        for child in node.get("childIds", []):
            walk(by_id[child], landmark, group)

    walk(nodes[0], "", "")
    return found


def controls(nodes: list[Node]) -> list[Node]:
    """What can be operated, in the order of reading."""
    return [node for node in nodes if node.role in CONTROLS]


def outline(nodes: list[Node]) -> list[tuple[int, str]]:
    """The headings with their levels."""
    return [(node.level, node.name) for node in nodes if node.role == "heading"]


def unclear(page: Page) -> list[str]:
    """What would leave a listener in the dark on this page: nothing when all is well."""
    nodes = heard(page)
    found = [f"without a name: {node.role}" for node in nodes if node.role in NAMED and not node.name]
    levels = [level for level, _ in outline(nodes)]
    if levels.count(1) != 1 or levels[:1] != [1]:
        found.append(f"the first heading, and no other, is of level 1: {levels}")
    found += [
        f"a heading of level {after} after one of level {before}"
        for before, after in pairwise(levels)
        if after > before + 1
    ]
    if nodes and not any(node.role == "RootWebArea" and node.name for node in nodes):
        found.append("no title")
    for landmark in ("banner", "main"):
        if [node.role for node in nodes].count(landmark) != 1:
            found.append(f"not one {landmark}")
    loose = [node for node in controls(nodes) if not node.landmark and node.name != "跳到正文"]
    found += [f"outside of every landmark: {node.name}" for node in loose]
    if controls(nodes)[:1] and controls(nodes)[0].name != "跳到正文":
        found.append(f"the first control does not lead to the text: {controls(nodes)[0].name}")
    return found + _same_name_elsewhere(page) + _jumps(page)


# Links of one name that lead to different places: a list of links is of no use then.
SAME = """() => {
    const places = new Map(), bad = new Set()
    for (const link of document.querySelectorAll('main a[href]')) {
        const name = (link.getAttribute('aria-label') || link.textContent).replace(/\\s+/g, ' ').trim()
        if (places.has(name) && places.get(name) !== link.href) bad.add(name)
        places.set(name, link.href)
    }
    for (const form of document.querySelectorAll('main form')) {
        for (const button of form.querySelectorAll('button')) {
            const fields = [...new FormData(form, button.name ? button : undefined)]
            const does = form.action + JSON.stringify(fields.filter(([name]) => name !== 'csrfmiddlewaretoken'))
            const name = 'button ' + (button.getAttribute('aria-label') || button.textContent).replace(/\\s+/g, ' ').trim()
            if (places.has(name) && places.get(name) !== does) bad.add(name)
            places.set(name, does)
        }
    }
    return [...bad]
}"""

# What is read later stands lower, or further right in the same line.
JUMPS = """() => {
    const found = []
    let last = null
    for (const one of document.querySelectorAll('main :is(h1, h2, h3, a[href], button, input, textarea, select, summary)')) {
        if (!one.checkVisibility({visibilityProperty: true}) || one.closest('.vh') || one.type === 'hidden') continue
        const target = one.matches('[type=checkbox], [type=radio]') && one.closest('label') || one
        const box = target.getBoundingClientRect()
        if (!box.width || !box.height) continue
        if (last && box.bottom <= last.box.top + 1) found.push(`${last.name} → ${(target.textContent || target.id).trim().slice(0, 20)}`)
        last = {box, name: (target.textContent || target.id).trim().slice(0, 20)}
    }
    return found
}"""


def _same_name_elsewhere(page: Page) -> list[str]:
    return [f"one name for different things: {name}" for name in page.evaluate(SAME)]


def _jumps(page: Page) -> list[str]:
    return [f"read later but higher on the page: {one}" for one in page.evaluate(JUMPS)]
