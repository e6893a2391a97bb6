"""`engines.reading`, by the name it has here."""

from engines.reading import MEGABYTES, MOST, OBJECTS, VALUES, BadDocument, Node, read_document, read_json, read_once

__all__ = ["MEGABYTES", "MOST", "OBJECTS", "VALUES", "BadDocument", "Node", "read_document", "read_json", "read_once"]
