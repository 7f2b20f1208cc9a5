"""A stack machine for pickles that can neither import nor call, and limits to what it reads."""

from __future__ import annotations

import contextlib
import io
import os
import pickletools
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from latentearth.io import InputError

LARGEST_PICKLE = 2**30  # bytes, of a file and of all arrays made from it
MOST_ITEMS = 100_000  # values in containers, or modules, in one file
MOST_STEPS = 200_000  # opcodes of one file, each of some microseconds and some 100 bytes
DEEPEST = 50  # containers, or modules, within each other
LONGEST_NAME = 200  # characters
# Arrays may share their numbers in a file, but take room each: so many times the file's size, and
# so much of any file.
REPEATED, OF_ANY_FILE = 4, 2**26


class Refused(Exception):
    """What was found in a file and is not allowed there."""


@dataclass(frozen=True)
class Global:
    """A name in a pickle, never looked up."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(eq=False)
class Instance:
    """An object that only holds its state; its class is a name."""

    kind: Global
    state: dict[str, Any] = field(default_factory=dict)


@dataclass
class Budget:
    """What a file may still ask for: a few bytes can stand for very much by repetition."""

    bytes: int
    items: int = MOST_ITEMS
    steps: int = MOST_STEPS

    @classmethod
    def of(cls, file_bytes: int, max_bytes: int) -> Budget:
        """What a file of this size may ask for."""
        return cls(min(max_bytes, REPEATED * file_bytes + OF_ANY_FILE))

    def spend(self, size: int = 0, items: int = 0, depth: int = 0, steps: int = 0) -> None:
        """Take off what is used; Refused if that is more than there is."""
        self.bytes -= size
        self.items -= items
        self.steps -= steps
        if min(self.bytes, self.items, self.steps) < 0 or depth > DEEPEST:
            raise Refused("more, or deeper nested, content than the limits allow")

    def spend_on_call(self, arguments: tuple) -> None:
        """Take off what a call may copy: its texts and bytes, and its containers entry by entry."""
        for argument in arguments:
            if isinstance(argument, str | bytes | bytearray):
                self.spend(size=len(argument))
            elif isinstance(argument, list | tuple | dict):
                self.spend(items=len(argument))


CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
EMPTY = {"EMPTY_LIST": list, "EMPTY_TUPLE": tuple, "EMPTY_DICT": dict}
LITERALS = (
    *("BININT", "BININT1", "BININT2", "LONG1", "LONG4", "BINFLOAT"),
    *("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
    *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
)
KEYS = (str, bytes, int, float, type(None))  # of dicts; hashing nested tuples can take for ever
MARK = object()


def interpret(
    file: io.BytesIO,
    budget: Budget,
    calls: dict[str, Callable[..., Any]],
    build: Callable[[Any, Any], None],
    create: Callable[[Global, tuple], Any] | None = None,
    persistent: Callable[[Any], Any] | None = None,
) -> Any:
    """Run one pickle, from the file's position to its STOP, with nothing but these functions.

    Parameters
    ----------
    file
        The bytes, in memory: a reader of a real file would reserve whatever length the pickle
        claims before it finds that the file is shorter.
    budget
        What every opcode and every call is paid from.
    calls
        What to do instead of a call, by the name that the pickle would call (REDUCE).
    build
        Sets the state of an object (BUILD).
    create
        Gives the object of a class and arguments (NEWOBJ).
    persistent
        Gives the object of a persistent id (BINPERSID).

    Raises
    ------
    Refused
        At the first thing that is not allowed.
    """
    stack = _Stack()
    argument: Any  # of a type that belongs to the opcode
    for opcode, argument, _ in pickletools.genops(file):
        name = opcode.name
        budget.spend(steps=1)
        if stack.takes(name, argument):
            continue
        match name:
            case "PROTO" | "FRAME":
                pass
            case "REDUCE":
                arguments, function = stack.pop(tuple), stack.pop(Global)
                if str(function) not in calls:
                    raise Refused(f"a call of {function}")
                budget.spend_on_call(arguments)
                stack.items.append(calls[str(function)](*arguments))
            case "NEWOBJ":
                arguments, kind = stack.pop(tuple), stack.pop(Global)
                if create is None:
                    raise Refused(f"an object of class {kind}")
                stack.items.append(create(kind, arguments))
            case "BUILD":
                state = stack.pop()
                build(stack.top(), state)
            case "BINPERSID" if persistent is not None:
                stack.items.append(persistent(stack.pop()))
            case "STOP":
                return stack.pop()
            case "INST":
                raise Refused(f"an object of class {as_global(*argument.split(' ', 1))}")
            case _:
                raise Refused(f"the opcode {name}")
    raise Refused("a pickle without an end")


class _Stack:
    """Values of a pickle, and those that it keeps by number."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.memo: dict[int, Any] = {}

    def top(self, kind: type | tuple[type, ...] = object) -> Any:
        """The last value, Refused if it is a mark or of another kind."""
        return _checked(self.items[-1], kind)

    def pop(self, kind: type | tuple[type, ...] = object) -> Any:
        """Take off the last value, see :meth:`top`."""
        return _checked(self.items.pop(), kind)

    def pop_to_mark(self) -> list[Any]:
        """Take off all values behind the last mark, and the mark."""
        items: list[Any] = []
        while (value := self.items.pop()) is not MARK:
            items.append(value)
        return items[::-1]

    def takes(self, name: str, argument: Any) -> bool:
        """Do what an opcode of plain data says; False if it is of another kind."""
        match name:
            case _ if name in LITERALS:
                if isinstance(argument, int) and argument.bit_length() > 100:
                    raise Refused("an integer of more than 100 bits")
                self.items.append(argument)
            case "NONE" | "NEWTRUE" | "NEWFALSE":
                self.items.append(CONSTANTS[name])
            case "EMPTY_LIST" | "EMPTY_TUPLE" | "EMPTY_DICT":
                self.items.append(EMPTY[name]())
            case "MARK":
                self.items.append(MARK)
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                self.items.append(tuple([self.pop() for _ in range(int(name[-1]))][::-1]))
            case "TUPLE":
                self.items.append(tuple(self.pop_to_mark()))
            case "APPEND" | "APPENDS":
                items = [self.pop()] if name == "APPEND" else self.pop_to_mark()
                self.top(list).extend(items)
            case "SETITEM" | "SETITEMS":
                pair = name == "SETITEM"
                items = [self.pop(), self.pop()][::-1] if pair else self.pop_to_mark()
                keys = [as_key(key) for key in items[::2]]
                self.top(dict).update(zip(keys, items[1::2], strict=True))
            case "BINPUT" | "LONG_BINPUT":
                self.memo[argument] = self.top()
            case "MEMOIZE":
                self.memo[len(self.memo)] = self.top()
            case "BINGET" | "LONG_BINGET":
                self.items.append(self.memo[argument])
            case "GLOBAL":
                self.items.append(as_global(*argument.split(" ", 1)))
            case "STACK_GLOBAL":
                self.items.append(as_global(*[self.pop(str), self.pop(str)][::-1]))
            case _:
                return False
        return True


def _checked(value: Any, kind: type | tuple[type, ...]) -> Any:
    if value is MARK or not isinstance(value, kind):
        raise Refused("a pickle that is damaged or does something unusual")
    return value


def as_key(value: object) -> object:
    """A key of a dict. Integers are short: only long ones can be made to share their hashes."""
    if not isinstance(value, KEYS) or (isinstance(value, int) and value.bit_length() > 64):
        raise Refused("a pickle that is damaged or does something unusual")
    return value


def as_global(module: str, name: str) -> Global:
    """A name, of a length that fits a message."""
    if len(module) + len(name) > LONGEST_NAME:
        raise Refused(f"a name of {len(module) + len(name)} characters")
    return Global(module, name)


def ordered_dict(pairs: object = ()) -> dict:
    """Stand for ``collections.OrderedDict``: a dict of pairs with plain keys."""
    if not isinstance(pairs, list | tuple) or not all(
        isinstance(pair, list | tuple) and len(pair) == 2 and isinstance(pair[0], KEYS)
        for pair in pairs
    ):
        raise Refused("an OrderedDict of something unusual")
    return {as_key(key): value for key, value in pairs}


def are_counts(values: object) -> bool:
    """Whether this is a short tuple of integers that are not negative."""
    return (
        isinstance(values, tuple)
        and len(values) <= 32
        and all(isinstance(value, int) and 0 <= value < 2**63 for value in values)
    )


def read_pickle(path: str | os.PathLike, max_bytes: int) -> io.BytesIO:
    """Content of a file that is not too large."""
    if not Path(path).is_file():
        raise InputError(path, "file", "nothing", "a file")
    size = Path(path).stat().st_size
    if size > max_bytes:
        raise Refused(f"a file of {size} bytes, more than the limit of {max_bytes}")
    return io.BytesIO(Path(path).read_bytes())


@contextlib.contextmanager
def explained(path: str | os.PathLike, wanted: str) -> Iterator[None]:
    """Turn whatever a bad file causes into one InputError."""
    try:
        yield
    except InputError:
        raise
    except Refused as refused:
        raise InputError(path, "content", refused, wanted) from None
    except (
        *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, EOFError),
        *(RuntimeError, MemoryError, AssertionError, struct.error, zipfile.BadZipFile),
    ) as error:
        reason = f"{type(error).__name__}: {error}"
        raise InputError(path, "content", f"a damaged file ({reason:.200})", wanted) from None
