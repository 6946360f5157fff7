"""Widening: fewer accesses, and nothing that met one of them before meets none of them after."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from advisor.model.state import (
    BELOW,
    INSIDE,
    Access,
    Deed,
    How,
    Key,
    Place,
    Read,
    Root,
    RootKind,
    State,
    Where,
    Write,
    meets,
)
from advisor.questions.interference import meetings
from advisor.stages.trace.widening import needed, widened
from tests.linking import changes, linked, look

ROOTS = [Root(RootKind.SELF, "self"), Root(RootKind.PARAM, "x", index=0), Root(RootKind.GLOBAL, "OUT", "app.py")]
HERE = Where("app.py:work", 1)
paths = st.lists(st.sampled_from(["a", "b", "['k']", INSIDE]), max_size=4).map(tuple)
places = st.builds(Place, st.sampled_from(ROOTS), st.one_of(paths, paths.map(lambda path: (*path, BELOW))))
reads = st.lists(st.builds(Read, places, st.booleans(), st.booleans(), st.just(HERE), st.booleans()), max_size=12)
writes = st.builds(Write, places, st.sampled_from(How), st.just(HERE))
deep = st.lists(st.sampled_from("abcdefghijkl"), min_size=2, max_size=3).map(tuple)


def _seen(write: Write, all_reads: tuple[Read, ...], *, exposed: bool) -> bool:
    """Does any of the reads see what is written? Whoever is only handed `self` does not count, as a rule."""
    return any(
        read.place.root == write.place.root
        and read.exposed >= exposed
        and not (read.bare and write.how is How.AUGMENT)
        and not (read.whole and read.place == Place(ROOTS[0]))
        and meets(write.target, read.place.path, whole=read.whole)
        for read in all_reads
    )


@given(reads, writes)
def test_a_read_that_is_left_out_is_covered_by_another(some: list[Read], write: Write) -> None:
    left = tuple(needed(some))
    assert set(left) <= set(some)
    for exposed in (False, True):
        assert _seen(write, left, exposed=exposed) == _seen(write, tuple(some), exposed=exposed)


@given(st.lists(st.builds(Place, st.sampled_from(ROOTS), deep), min_size=8, max_size=30, unique=True), places, writes)
def test_too_many_accesses_become_fewer_and_miss_nothing(many_places: list[Place], place: Place, write: Write) -> None:
    state = State(
        reads=tuple(Read(p, whole=False, exposed=True, where=HERE) for p in many_places),
        writes=tuple(Write(p, How.REBIND, HERE, memo=True, rests_on=Key(p.label)) for p in many_places),
    )
    after = widened(state, most=6)
    assert max(len(after.reads), len(after.writes)) <= 6
    if _seen(write, state.reads, exposed=True):
        assert _seen(write, after.reads, exposed=True)
    for each in (Read(place, whole=False, exposed=True, where=HERE), Read(place, whole=True, exposed=True, where=HERE)):
        if any(_seen(w, (each,), exposed=True) for w in state.writes):
            assert any(_seen(w, (each,), exposed=True) for w in after.writes)
    assert not any(w.memo for w in after.writes if w.how is How.MUTATE)  # they rest on different things
    assert widened(state).writes == state.writes


def test_what_a_function_with_very_many_accesses_changes_is_known_to_its_callers() -> None:
    fields = "\n".join(f"                self.parts[{n}].total{n} = self.made{n}.size + 1" for n in range(90))
    program = linked(f"""
        class Store:
            def fill(self):
{fields}
                self.last = 1

        def work(store: Store):
            store.fill()
        """)
    state = program.state()
    assert {"perhaps mutate param store.parts", "rebind param store.last"} <= changes(state)
    assert "all of param store" in look(state)


def test_too_many_things_outside_may_be_one_thing_each_time_where_they_are_changed() -> None:
    named = [Deed("file", Access.WRITE, Key(f"{n}.txt"), "open", HERE) for n in range(9)]
    read = [Deed("file", Access.READ, Key(f"{n}.txt"), "open", HERE) for n in range(9)]
    after = widened(State(deeds=(*named, *read)), most=6).deeds
    assert [deed.access for deed in after] == [Access.WRITE, Access.READ]
    assert next(meetings(after, after, frozenset()), None) is not None
    assert next(meetings(after[1:], after[1:], frozenset()), None) is None
