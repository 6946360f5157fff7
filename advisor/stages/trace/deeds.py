"""Deeds: what a call does to things outside the program, by what the catalog says of it and by what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from msgspec import structs

from advisor.model import code, tree
from advisor.model.catalog import ActsOn, CallEntry, Catalog, ProgramEntry
from advisor.model.effect import COMPUTING, OUTSIDE, Effect
from advisor.model.state import Access, Deed, Key, Where
from advisor.questions.calls import argument
from advisor.stages.trace.keys import NAMED, Keys, is_nobody_elses, named_argument, named_arguments
from advisor.stages.trace.shell import Command, commands

_OWN_STREAMS = ("sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__")
_OBJECT = "object"  # the kind of thing that an object in memory stands for
_READS = frozenset({"select", "show", "explain", "describe", "values"})  # verbs of SQL
_MADE_ANEW = {"insert": Access.CREATE, "delete": Access.DELETE}
_VERBS_OF_SQL = (  # by which a text is known for a statement, and not for the name of what makes one
    _READS | _MADE_ANEW.keys() | frozenset("update replace merge upsert call create drop alter truncate".split())
)
_VERBS = {  # of HTTP
    "GET": Access.READ, "HEAD": Access.READ, "OPTIONS": Access.READ, "TRACE": Access.READ,
    "PROPFIND": Access.READ, "REPORT": Access.READ, "MKCOL": Access.CREATE, "PROPPATCH": Access.WRITE,
    "POST": Access.CREATE, "PUT": Access.WRITE, "PATCH": Access.WRITE, "DELETE": Access.DELETE,
}  # fmt: skip


class Deeds:
    """The deeds of one function, or of a piece of it."""

    def __init__(self, keys: Keys) -> None:
        self.keys, self.function = keys, keys.function
        self.program, self.catalog, self.objects = keys.program, keys.catalog, keys.program.objects

    def of(
        self, call: code.Call, method: code.Expr, api: str, entry: CallEntry, where: Where, guessed: bool
    ) -> Iterator[Deed]:
        """What `call` of the known `api` does; `method` is what is called, also where another name stands for it."""
        named = named_arguments(call, method, entry.acts_on)
        if not (_acts(entry) or (entry.effect is Effect.ASYNC and entry.acts_on)):
            return
        if entry.body:
            named = [part for each in named for part in self._addressed(each)]
        key: Key | None
        if entry.acts_on == ("receiver",) and entry.effect is not Effect.DISK and isinstance(method, code.Attribute):
            space, key = self._object(method.value)
        else:
            space = "file" if _is_of_files(entry) else api.partition(".")[0]
            key = self.keys.of(named) if named else None
        if is_nobody_elses(key):
            return
        if entry.unique:
            key = structs.replace(key or Key(), fresh=True)
        access = self._access(call, entry)
        if access is Access.CREATE and any(k.name == "exist_ok" for k in call.keywords):
            access = Access.READ  # made once, whoever comes first
        if entry.effect is Effect.SUBPROCESS and access is None and named:
            folder = named_argument(call, method, "cwd")
            words, there = self.keys.words(named[0]), self.keys.of([folder]) if folder is not None else None
            yield Deed(space, access, key, api, where, guessed, words, there, _is_quiet(call, entry))
            return
        spoken = named_argument(call, method, entry.statement) if entry.statement is not None else None
        spoken = spoken if entry.verb is None else _method_of_http(call, method, entry.verb)
        if access is None and spoken is not None:
            first = [word for word in self.keys.words(spoken) if word.text != "("][:1]
            yield Deed(space, access, key, api, where, guessed, tuple(first))
            return
        for each in [self.keys.of([part]) for part in named] if entry.each and named else [key]:
            yield Deed(space, access, each, api, where, guessed, quiet=_is_quiet(call, entry))
        for part in named_arguments(call, method, entry.reads):
            yield Deed(space, Access.READ, self.keys.of([part]), api, where, guessed)

    def told(self, deed: Deed) -> Iterator[Deed]:
        """The same deed, once the words that it is given tell what it does: those of a command line, of a statement, or the
        method of a request."""
        known = self.catalog.call(deed.api)
        if known is not None and known[1].statement is not None:
            verb = next((word.text for word in deed.words if word.text != "("), "").lower().strip("(")
            yield structs.replace(deed, access=_by_verb(verb), words=()) if verb in _VERBS_OF_SQL else deed
        elif known is not None and known[1].verb is not None:
            method = next((word.text.upper() for word in deed.words if not word.places and not word.partial), "")
            yield structs.replace(deed, access=_VERBS[method], words=()) if method in _VERBS else deed
        elif deed.access is not None:
            yield deed
        else:
            started = list(commands(self.catalog, deed.words))
            silent = bool(started) and all(is_silent(self.catalog, each) for each in started)
            told = structs.replace(deed, quiet=deed.quiet or silent)
            yield from self._files(told, started) or [self._known_programs(told, started)]
            yield from self._redirected(deed, started)

    def prints(self, deed: Deed) -> bool:
        """Is it the start of a program that prints, where this one does?"""
        if deed.quiet or deed.access is not None:
            return False
        shown = (command(self.catalog, each.words) for each in commands(self.catalog, deed.words) if each.shown)
        return any(named is not None and named[1].prints for named in shown)

    def _redirected(self, deed: Deed, started: list[Command]) -> Iterator[Deed]:
        """What is done to the files into which, and from which, the commands of a line are redirected."""
        folder = deed.folder
        for each in started:
            for access, file in each.files:
                if folder is not None and not file.text.startswith("/"):
                    file = _in_folder(folder, file)
                if file.text != "/dev/null":
                    yield Deed("file", access, file, deed.api, deed.where, deed.guessed)
            named = command(self.catalog, each.words)
            if named is not None and named[1].moves:
                to = named[2][-1] if named[2] else Key(partial=True)
                folder = to if folder is None or to.text.startswith("/") else _in_folder(folder, to)

    def _files(self, deed: Deed, started: list[Command]) -> list[Deed]:
        """What is done to the files that the words of a command name, where no command of the line does anything else."""
        found: list[Deed] = []
        for each in started if deed.quiet else ():
            named = command(self.catalog, each.words)
            if named is None or named[1].acts_on not in (ActsOn.FILES, ActsOn.NOTHING):
                return []
            if named[1].acts_on is ActsOn.NOTHING:
                continue
            _, entry, words = named
            files = [word for word in words if not word.text.startswith("-")]
            for at, file in enumerate(files, 1):
                if deed.folder is not None and not file.text.startswith("/"):
                    file = _in_folder(deed.folder, file)
                access = Access.READ if entry.takes_sources and at < len(files) else Access.WRITE
                found.append(Deed("file", access, file, deed.api, deed.where, deed.guessed, quiet=deed.quiet))
        return found

    def _known_programs(self, deed: Deed, started: list[Command]) -> Deed:
        """What the programs of a command line do, where it is known of all of them: one of its own, or several that look."""
        if len(started) == 1:
            return self._known_program(deed, started[0])
        found = [self._known_program(deed, each) for each in started]
        looks = bool(found) and all(each.access is Access.READ for each in found)
        return found[0] if looks else deed

    def _known_program(self, deed: Deed, started: Command) -> Deed:
        """What a program does that is started, once its command line tells which one that is and what it works on."""
        named = command(self.catalog, started.words)
        if named is None:
            return deed
        name, entry, words = named
        if not entry.lasting.isdisjoint(part for word in words for part in word.text.split()):
            return structs.replace(deed, space="program", access=Access.WRITE, key=_together(name, words), words=())
        match entry.acts_on:
            case None | ActsOn.FILES:
                return deed
            case ActsOn.NOTHING:
                return structs.replace(deed, space="program", access=Access.READ, key=Key(name), words=(), folder=None)
            case ActsOn.FOLDER:
                thing = _folder(entry, words) or deed.folder or Key(".")
            case ActsOn.MACHINE:
                thing = Key(places=started.words[0].places)  # `venv/bin/pip`: of that environment
            case ActsOn.TARGET:
                thing = words[-1] if _takes_contents(entry, words) else Key(partial=True)
        key = structs.replace(thing, text=f"{entry.shares or name} {thing.text}".strip())
        if thing.partial or (entry.verbs and _verb(entry, words) not in entry.verbs):
            return deed
        access = Access.WRITE if entry.acts_on is ActsOn.TARGET else Access.EXCLUSIVE
        return structs.replace(deed, space="program", access=access, key=key, words=(), folder=None)

    def _object(self, expression: code.Expr) -> tuple[str, Key]:
        """A connection or the like as the thing that is acted on: one that is made here serves nobody else, unless it opens
        a database on a local file, which all see, or stands for something there."""
        whole = self._whole(expression)
        if whole is not None:
            return "file", self.keys.of([whole])
        places = self.objects.places(self.function, expression, self.keys.frame)
        if places:
            return _OBJECT, Key(places=places)
        kinds = self.program.values(self.function, expression)
        types = (self.catalog.object(value.name) for value in kinds if value.kind == "object")
        key = self.keys.of([expression])
        if any(known is not None and known.embedded for known in types):
            return "file", key
        return _OBJECT, structs.replace(key, fresh=self._is_made_here(expression))

    def _is_made_here(self, expression: code.Expr, depth: int = 6) -> bool:
        """Is it an object of its own, or asked of one: `connect(url).cursor()`? What is asked of an object that others know as
        well stands for what these may ask for too, `bot.get_channel(1)`, unless these never get the same."""
        match expression:
            case code.Name(id=name) if depth:
                values = self.objects.values_of(self.function, name)
                return values is not None and all(self._is_made_here(value, depth - 1) for value in values)
            case code.Await(value=value) | code.Attribute(value=value) if depth:
                return self._is_made_here(value, depth - 1)
            case code.Call() if self._gives_another(expression):
                return True
            case code.Call(function=code.Attribute(value=owner)) if depth:
                named = any(value.kind in NAMED for value in self.program.values(self.function, owner))
                return named or self._is_made_here(owner, depth - 1)
            case code.Call():
                return True
        return False

    def _gives_another(self, call: code.Call) -> bool:
        """Is it known to give another object each time, as a pool of connections does, until that is put back?"""
        entries = [self.catalog.call(target.name) for target in self.program.targets(self.function, call)]
        return bool(entries) and all(entry is not None and entry[1].unique for entry in entries)

    def _whole(self, expression: code.Expr) -> code.Expr | None:
        """What stands for the whole of a thing outside: `repo` for `repo.remotes.origin`; None for other objects."""
        kinds = self.program.values(self.function, expression)
        types = (self.catalog.object(value.name) for value in kinds if value.kind == "object")
        if not any(known is not None and known.outside for known in types):
            return None
        match expression:
            case (
                code.Attribute(value=owner)
                | code.Subscript(value=owner)
                | code.Call(function=code.Attribute(value=owner))
            ):
                return self._whole(owner) or expression
        return expression

    def _access(self, call: code.Call, entry: CallEntry) -> Access | None:
        if entry.mode is not None:
            given = named_argument(call, call.function, entry.mode) or named_argument(call, call.function, "mode")
            return Access.READ if given is None else _opened(given)
        if entry.statement is not None:
            return self._spoken(named_argument(call, call.function, entry.statement))
        if entry.verb is not None:
            method = _method_of_http(call, call.function, entry.verb)
            return _VERBS.get(str(method.value).upper()) if isinstance(method, code.Literal) else None
        if entry.body:
            sent = {access for each in (call, *self._made_for(call)) if (access := self._sent(each)) is not None}
            return min(sent - {Access.READ}, default=Access.READ if sent else entry.access)
        return entry.access

    def _made_for(self, call: code.Call) -> Iterator[code.Call]:
        """The calls that made what is handed over first: `Request(url, data)` for `urlopen(request)`."""
        for given in call.arguments[:1]:
            yield from self._made(given)

    def _made(self, given: code.Expr) -> Iterator[code.Call]:
        values = self.objects.values_of(self.function, given.id) if isinstance(given, code.Name) else (given,)
        yield from (value for value in values or () if isinstance(value, code.Call))

    def _addressed(self, given: code.Expr) -> Iterator[code.Expr]:
        """What names the thing that a request is about: `url` for the request that `Request(url, data)` made."""
        for made in self._made(given):
            for target in self.program.targets(self.function, made):
                known = self.catalog.call(target.name)
                if known is not None and known[1].body:
                    yield from named_arguments(made, made.function, known[1].acts_on)
                    return
        yield given

    def _sent(self, call: code.Call) -> Access | None:
        """What a request does that is made by the call: what its method says, or sends something along, or only asks. None
        where the call is handed a request that was made elsewhere."""
        for target in self.program.targets(self.function, call):
            known = self.catalog.call(target.name)
            if known is None or not known[1].body:
                continue
            method = named_argument(call, call.function, "method")
            if isinstance(method, code.Literal):
                return _VERBS.get(str(method.value).upper())
            given = (argument(call, place) for place in known[1].body)
            if any(each is not None and getattr(each, "kind", "") != "none" for each in given):
                return Access.CREATE
            asked = named_arguments(call, call.function, known[1].acts_on)
            makes = known[1].effect is Effect.NONE
            return Access.READ if makes or any(isinstance(each, (code.Literal, code.Text)) for each in asked) else None
        return None

    def _spoken(self, statement: code.Expr | None) -> Access | None:
        """What an SQL text does, by its verb."""
        if isinstance(statement, code.Name):
            values = self.objects.values_of(self.function, statement.id)
            statement = values[0] if values is not None and len(values) == 1 else None
        while isinstance(statement, code.Call) and statement.arguments:  # `text("SELECT …")`
            statement = statement.arguments[0]
        match statement:
            case code.Literal(value=str(text)) | code.Text(text=text) if text.split():
                return _by_verb(text.split()[0])
        return None


def _method_of_http(call: code.Call, function: code.Expr, at: int) -> code.Expr | None:
    return named_argument(call, function, at) or named_argument(call, function, "method")


def _is_of_files(entry: CallEntry) -> bool:
    """Is what it acts on a file? What reads or writes a document computes most of the time, and the path names the file."""
    by_name = entry.effect in COMPUTING and entry.acts_on != ("receiver",)
    return by_name or entry.effect in (Effect.DISK, Effect.NONE)


def _acts(entry: CallEntry) -> bool:
    told = (entry.access, entry.mode, entry.statement, entry.verb)
    return any(way is not None for way in told) or entry.effect in OUTSIDE


def _by_verb(word: str) -> Access:
    """What an SQL text does that begins with this word."""
    verb = word.lower().strip("(")
    return Access.READ if verb in _READS else _MADE_ANEW.get(verb, Access.EXCLUSIVE)


def _opened(mode: code.Expr) -> Access | None:
    """What is done to a file that is opened in this mode."""
    match mode:
        case code.Literal(value=str(letters)):
            ways = {"+": Access.EXCLUSIVE, "a": Access.APPEND, "x": Access.CREATE, "w": Access.WRITE}
            return next((access for letter, access in ways.items() if letter in letters), Access.READ)
    return None


def _is_quiet(call: code.Call, entry: CallEntry) -> bool:
    """Does what the program prints go elsewhere than what this one prints?"""
    if entry.output_to is None:
        return True
    given = [k.value for k in call.keywords if k.name in entry.output_to]
    return any(not (_is_nothing(value) or tree.dotted(value) in _OWN_STREAMS) for value in given)


def _is_nothing(value: code.Expr) -> bool:
    return isinstance(value, code.Literal) and value.value in (None, False)


def command(catalog: Catalog, words: tuple[Key, ...]) -> tuple[str, ProgramEntry, tuple[Key, ...]] | None:
    """The program that a command starts, by its name, with the words behind that; None where it is not a known one."""
    texts = [word.text for word in words]
    module = texts.index("-m") + 1 if "-m" in texts[1:3] else 0  # `python -m pip`
    name = texts[module].rpartition("/")[2] if module < len(texts) else ""
    entry = catalog.programs.get(name)
    return (name, entry, words[module + 1 :]) if entry is not None else None


def _together(name: str, words: tuple[Key, ...]) -> Key:
    """What all the words of a command name."""
    return Key(
        " ".join([name, *(word.text for word in words)]), frozenset().union(*(word.places for word in words)),
        any(word.fresh for word in words), any(word.shifted for word in words), any(word.partial for word in words),
    )  # fmt: skip


def is_silent(catalog: Catalog, started: Command) -> bool:
    """Is it known that a command of a line prints nothing where the whole line prints?"""
    named = command(catalog, started.words)
    if not started.shown or named is None:
        return not started.shown or not started.words
    _, entry, words = named
    if any(_is_option(word.text, entry.silent_with) for word in words):
        return True
    return entry.prints is False and not any(_is_option(word.text, entry.speaks_with) for word in words)


def _is_option(word: str, options: frozenset[str]) -> bool:
    """Is a word one of the options, or several letters of which one is: `-rv` for `-v`?"""
    letters = {option[1] for option in options if len(option) == 2}
    return word in options or (word[:1] == "-" and word[1:].isalpha() and not letters.isdisjoint(word[1:]))


def _in_folder(folder: Key, file: Key) -> Key:
    """What names a file, with the folder that it lies in."""
    return structs.replace(
        file,
        text=f"{folder.text}/{file.text}",
        places=folder.places | file.places,
        fresh=folder.fresh or file.fresh,
        partial=folder.partial or file.partial,
    )


def _folder(entry: ProgramEntry, words: tuple[Key, ...]) -> Key | None:
    """The folder that an option names."""
    for option, following in pairwise(words):
        if option.text in entry.options:
            return following if following.places or not words[-1].places else words[-1]
    return None


def _verb(entry: ProgramEntry, words: tuple[Key, ...]) -> str:
    """The first word behind the options."""
    before = ("", *(word.text for word in words))
    own = (text for last, text in pairwise(before) if not text.startswith("-") and last not in entry.options)
    return next(own, "")


def _takes_contents(entry: ProgramEntry, words: tuple[Key, ...]) -> bool:
    """Does it take what lies in its sources, so that things of one name from several of them meet in the target?"""
    end, sources = entry.from_folders, words[:-1]
    return end is None or any(word.text.endswith(end) and not word.text.startswith("-") for word in sources)
