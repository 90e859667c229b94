"""Compiled templates, shared by the environments of all themes: a theme more, or a preview of one, compiles nothing."""

from collections import defaultdict
from types import CodeType
from typing import Final

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class CompiledTemplates(BytecodeCache):
    """The templates that this process has compiled, by file and content."""

    def __init__(self) -> None:
        """Start with none."""
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket if its source has been compiled before."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what has been compiled."""
        if bucket.code is not None:
            self._code[bucket.key, bucket.checksum] = bucket.code


_SHARED: Final[dict[str, CompiledTemplates]] = defaultdict(CompiledTemplates)


def compiled_for(tag: str) -> CompiledTemplates:
    """Return what is compiled for a language: a filter of a constant is worked out by the compiler, in its language."""
    return _SHARED[tag]
