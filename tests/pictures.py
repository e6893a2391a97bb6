"""Small PNG files out of screenshots: at most 256 colours, which is plenty for a page of text."""

import base64
import struct
import zlib
from pathlib import Path

import numpy as np
from playwright.sync_api import Page

COLOURS = 256
# The browser itself turns its screenshot into plain RGBA bytes.
TO_PIXELS = """async (address) => {
    const picture = new Image()
    picture.src = address
    await picture.decode()
    const canvas = Object.assign(document.createElement('canvas'), {width: picture.width, height: picture.height})
    const context = canvas.getContext('2d')
    context.drawImage(picture, 0, 0)
    const bytes = context.getImageData(0, 0, picture.width, picture.height).data
    const parts = []
    for (let at = 0; at < bytes.length; at += 30000) parts.push(String.fromCharCode(...bytes.subarray(at, at + 30000)))
    return [picture.width, picture.height, btoa(parts.join(''))]
}"""


def save(screenshot: bytes, path: Path, blank: Page) -> int:
    """Write a screenshot with a palette; answers its size in bytes. `blank` is an empty page to decode in."""
    address = "data:image/png;base64," + base64.b64encode(screenshot).decode()
    width, height, pixels = blank.evaluate(TO_PIXELS, address)
    rgba = np.frombuffer(base64.b64decode(pixels), dtype=np.uint8).reshape(height, width, 4)
    palette, indices = reduced(rgba[:, :, :3])
    path.write_bytes(encoded(palette, indices))
    return path.stat().st_size


def reduced(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The palette (colours × 3) and for every pixel its place in it: the commonest colours, the rest by the nearest."""
    flat = rgb.astype(np.int32) @ np.array([65536, 256, 1])
    colours, places, counts = np.unique(flat, return_inverse=True, return_counts=True)
    apart = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1)
    palette = apart[np.argsort(counts)[::-1][:COLOURS]]
    nearest = np.array([((palette - one) ** 2).sum(axis=1).argmin() for one in apart], dtype=np.uint8)
    return palette.astype(np.uint8), nearest[places.reshape(flat.shape)]


def encoded(palette: np.ndarray, indices: np.ndarray) -> bytes:
    """A PNG file of colour type 3 (PNG specification, third edition, 11.2)."""
    height, width = indices.shape
    rows = np.hstack([np.zeros((height, 1), dtype=np.uint8), indices]).tobytes()  # filter 0 in front of every row
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, content) for name, content in chunks)


def chunk(name: bytes, content: bytes) -> bytes:
    """Length, name, content, checksum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
