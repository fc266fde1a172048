"""A work as one line of a bibliography."""

from opsonin.sources import Source


def test_a_reference_names_the_work_and_not_where_it_was_seen():
    source = Source(
        key="robak_2009",
        kind="paper",
        title="Privigen in chronic ITP",
        authors="Robak and colleagues",
        year="2009",
        edition="Hematology 14:227–236",
        doi="",
        pmid="19635187",
        seen_at=("http://mirror.example/1",),
        seen_on="2026-11-20",
    )
    assert source.reference() == (
        "Robak and colleagues. Privigen in chronic ITP. Hematology 14:227–236. 2009. PMID 19635187."
    )
