"""The spreadsheet importer: from files as people have them to records, with every problem reported."""

import os
from contextlib import suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import MappingError, MatcherError, UnreadableFileError
from matcher.importers import Importer, ImportReport, ImportRequest
from matcher.importers.mapping import field_of, is_personal, kind_of_headers
from matcher.importers.spreadsheet import SpreadsheetImporter
from matcher.records import Member, Records
from matcher.settings import Settings

DATA = Path(os.environ.get("MATCHER_DATA", Path(__file__).parents[2] / "shared" / "data"))
SAMPLE = Path(__file__).parents[1] / "data" / "sample"


def read(path: Path, **choices: object) -> tuple[Records, ImportReport]:
    return SpreadsheetImporter().read(ImportRequest(path=path, **choices))  # type: ignore[arg-type]  # fields of the request


def problems(report: ImportReport) -> list[tuple[str, int | None, str | None]]:
    return [(problem.severity.value, problem.line, problem.column) for problem in report.problems]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Société", "name"),
        ("RAISON SOCIALE", "name"),
        ("Libellé entreprise", "name"),
        ("Nom de l'entreprise", "name"),
        ("Pays", "country"),
        ("Site web", "website"),
        ("Site web de l'entreprise", "website"),
        ("Effectif", "employees"),
        ("Nombre de salariés", "employees"),
        ("Année de création", "founded"),
        ("Secteurs d'activité", "sectors"),
        ("Domaine technologique", "sectors"),
        ("Résumé", "description"),
        ("Présentation", "description"),
        ("Ce que nous offrons", "offers"),
        ("Ce que nous recherchons", "needs"),
        ("Besoins", "needs"),
        ("N° SIREN", "siren"),
        ("TVA intracommunautaire", "vat"),
        ("PIC", "pic"),
        ("Latitude", "latitude"),
        ("Dernière vérification", "verified_on"),
        ("Identifiant", "id"),
        ("described_on", "described_on"),
        ("Working languages", "languages"),
        ("Structure liée au projet", "linked"),
        ("Id de la structure liée au projet", "linked_ids"),
        ("Type de candidature", None),
        ("Couleur", None),
        ("foundingYear", "founded"),
    ],
)
def test_headers_of_organisations_are_known_in_french_and_english(header: str, field: str | None) -> None:
    assert field_of(header, "organisations") == field


def test_kind_and_kinds_are_two_fields_of_a_brief() -> None:
    assert [field_of(header, "briefs") for header in ("kind", "kinds")] == ["kind", "kinds"]


def test_the_kind_of_a_table_is_told_from_its_headers() -> None:
    assert kind_of_headers(["Titre", "Début", "Fin", "Partenaires"]) == "collaborations"
    assert kind_of_headers(["Titre", "Description", "Date limite", "Exigences"]) == "briefs"
    assert kind_of_headers(["Nom", "Pays", "Partenaires", "Site web"]) == "organisations"
    assert kind_of_headers(["A", "B"]) == "organisations"


@pytest.mark.parametrize(
    "header", ["E-mail", "Nom du contact", "Prénom", "Téléphone", "Contact email", "Dirigeant", "firstName"]
)
def test_columns_about_persons_are_recognised(header: str) -> None:
    assert is_personal(header)


@pytest.mark.parametrize("header", ["Nom", "Ville", "Âge moyen des usagers", "Type de candidature"])
def test_columns_about_organisations_are_not_personal(header: str) -> None:
    assert not is_personal(header)


def test_a_french_table_becomes_organisations(tmp_path: Path) -> None:
    path = write(
        tmp_path / "annuaire.csv",
        "Société;Type;Pays;Ville;Secteur;Résumé;Nous offrons;Nous recherchons;Site;Effectif;Créée en;"
        "Date de création;Langues;N° SIREN;Vérifié le;E-mail\n"
        "Élan Santé;Start-up;Belgique;Liège;Santé | Numérique;Capteurs de chute.;Un capteur|Des données;"
        "Des maisons de retraite;elan.example;1 200;x;2019;français, en;432 147 874;1er mars 2024;a@b.example\n",
    )
    records, report = read(path)
    (organisation,) = records.organisations
    assert organisation.id == "siren:432147874"
    assert (organisation.name, organisation.kind, organisation.country) == ("Élan Santé", "start-up", "BE")
    assert organisation.latitude == pytest.approx(50.63, abs=0.02)
    assert organisation.place_is_guess
    assert organisation.sectors == ("Santé", "Numérique")
    assert organisation.offers == ("Un capteur", "Des données")
    assert organisation.needs == ("Des maisons de retraite",)
    assert organisation.website == "https://elan.example"
    assert (organisation.employees, organisation.founded) == (1200, 2019)
    assert organisation.languages == ("fr", "en")
    assert organisation.identifiers == (("siren", "432147874"),)
    assert organisation.verified_on == date(2024, 3, 1)
    assert report.problems == []
    assert report.mapping["annuaire.csv"]["E-mail"] == ""
    assert any("E-mail" in note and "persons" in note for note in report.notes)
    assert report.counts == {"rows": 1, "organisations": 1, "collaborations": 0, "briefs": 0}


def test_bad_values_are_ignored_and_bad_rows_skipped_with_their_line_and_column(tmp_path: Path) -> None:
    path = write(
        tmp_path / "organisations.csv",
        "id,name,kind,country,verified_on,website\n"
        "a,Alpha,start-upp,Atlantide,31/02/2024,javascript:x\n"
        "a,Alpha again,,,,\n"
        ",,,FR,,\n"
        'b,"=HYPERLINK(""http://x"",""Beta"")",sme,FR,,\n',
    )
    records, report = read(path)
    assert [(one.id, one.name, one.kind, one.country) for one in records.organisations] == [
        ("a", "Alpha", None, None),
        ("b", "", "sme", "FR"),
    ]
    assert sorted(problems(report), key=str) == sorted(
        [
            ("ignored", 2, "kind"),
            ("ignored", 2, "country"),
            ("ignored", 2, "verified_on"),
            ("ignored", 2, "website"),
            ("skipped", 3, "id"),
            ("skipped", 4, "name"),
            ("ignored", 5, "name"),
        ],
        key=str,
    )
    assert any("line 2" in problem.message for problem in report.problems if problem.line == 3)


def test_texts_are_mended_and_each_repair_is_reported(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'Nom;Pays;Résumé\nB√∂ckel;DE;"9ƴ ǳƴ ŀƴ Ŝǘ ŘŜƳƛ"\n')
    records, report = read(path)
    assert (records.organisations[0].name, records.organisations[0].description) == ("Böckel", "En un an et demi")
    assert problems(report) == [("repaired", 2, "Nom"), ("repaired", 2, "Résumé")]


def test_a_repair_of_a_region_is_reported_once_and_blank_signs_are_blank(tmp_path: Path) -> None:
    records, report = read(write(tmp_path / "a.csv", "id;Nom;Région;Pays\n1;A;\u00cele-de-\u200bFrance;n/a\n"))
    assert (records.organisations[0].region, records.organisations[0].country) == ("Île-de-France", "FR")
    assert problems(report) == [("repaired", 2, "Région")]


def test_a_wrong_start_of_a_collaboration_without_id_is_reported_once(tmp_path: Path) -> None:
    path = write(tmp_path / "projets.csv", "Titre;Début;Membres\nLe Four;31/02/2020;a\n")
    records, report = read(path, known_organisations=frozenset({"a"}))
    assert [(one.id, one.start) for one in records.collaborations] == [("le-four", None)]
    assert problems(report) == [("ignored", 2, "Début")]


def test_a_row_without_number_is_called_by_its_name_and_country(tmp_path: Path) -> None:
    records, _ = read(write(tmp_path / "a.csv", "Nom;Pays\nL'Été à Łódź;Pologne\n"))
    assert records.organisations[0].id == "l-ete-a-lodz-pl"


def test_defaults_fill_blank_fields_only(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Nom;Pays\nA;\nB;DE\n")
    records, _ = read(path, defaults={"country": "FR", "kind": "start-up"})
    assert [(one.country, one.kind) for one in records.organisations] == [("FR", "start-up"), ("DE", "start-up")]
    with pytest.raises(MappingError, match="No field is called"):
        read(path, defaults={"land": "FR"})


def test_the_mapping_can_be_overridden_and_columns_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Blason;Nom;Résumé\nAlpha;Rue X;Texte\n")
    records, report = read(path, mapping={"blason": "name", "Résumé": ""})
    assert (records.organisations[0].name, records.organisations[0].description) == ("Alpha", "")
    assert report.mapping["a.csv"] == {"Blason": "name", "Nom": "", "Résumé": ""}


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"Blazon": "name"}, 'No column is called "Blazon"; the nearest are "Blason"'),
        ({"Blason": "nmae"}, 'No field is called "nmae"; the nearest are "name"'),
    ],
)
def test_a_mapping_of_unknown_names_gives_the_nearest(tmp_path: Path, mapping: dict[str, str], message: str) -> None:
    path = write(tmp_path / "a.csv", "Blason;Nom\nAlpha;Rue X\n")
    with pytest.raises(MappingError) as raised:
        read(path, mapping=mapping)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("organisations", "Blason,Pays\nA,FR\n", '--map "Header=name"'),
        ("collaborations", "Titre,Début\nA,2020\n", '--map "Header=members"'),
        ("briefs", "Blason,Date limite\nA,2020\n", '--map "Header=title"'),
    ],
)
def test_a_table_without_its_essential_column_prints_headers_and_the_option(
    tmp_path: Path, kind: str, text: str, wanted: str
) -> None:
    with pytest.raises(MappingError) as raised:
        read(write(tmp_path / "a.csv", text), kind=kind)
    assert wanted in str(raised.value)
    assert f'"{text.split(",")[0]}"' in str(raised.value)


def test_two_columns_of_text_are_joined_and_of_other_fields_the_first_wins(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Nom;Société;Présentation;Résumé\nA;B;Un.;Deux.\n")
    records, report = read(path)
    assert (records.organisations[0].name, records.organisations[0].description) == ("A", "Un.\nDeux.")
    assert any('"Nom" already gives name' in note for note in report.notes)


ORGANISATIONS = "id,name\na,Alpha\nb,Beta\nc,Alpha\n"


def test_a_folder_is_one_import_and_other_files_are_named_as_left_out(tmp_path: Path) -> None:
    write(tmp_path / "organisations.csv", ORGANISATIONS)
    write(
        tmp_path / "collaborations.csv",
        "id;titre;début;fin;partenaires\np1;Projet;2020;06/2021;a (coordinator); Beta\n".replace("; Beta", " | Beta")
        + "p2;Vide;2020;;zz\n"
        + "p3;Envers;2021-05-01;2020-01-01;b|z|Alpha\n",
    )
    write(tmp_path / "besoins.csv", "id,titre,texte,porteur,kinds,pays,clôture\nn1,T,X,Beta,start-up; pme,fr de,2025\n")
    write(tmp_path / "judgments.csv", "brief,organisation\n")
    records, report = read(tmp_path)
    first, third = records.collaborations
    assert (first.start, first.end) == (date(2020, 1, 1), date(2021, 6, 30))
    assert first.members == (Member(organisation="a", role="coordinator"), Member(organisation="b"))
    assert (third.end, third.members) == (None, (Member(organisation="b"),))
    (brief,) = records.briefs
    assert (brief.owner, brief.kinds, brief.closes) == ("b", ("start-up", "sme"), date(2025, 12, 31))
    assert any("judgments.csv is left out" in note for note in report.notes)
    assert [(file.file, file.line, file.severity.value) for file in report.problems] == [
        ("collaborations.csv", 3, "ignored"),
        ("collaborations.csv", 3, "skipped"),
        ("collaborations.csv", 4, "ignored"),
        ("collaborations.csv", 4, "ignored"),
        ("collaborations.csv", 4, "ignored"),
        ("besoins.csv", 2, "ignored"),
    ]
    assert "several organisations are called" in report.problems[3].message


def test_one_row_per_member_is_gathered_by_the_collaborations_id(tmp_path: Path) -> None:
    path = write(
        tmp_path / "projets.csv", "id projet;Titre;Organisation;Rôle\np;T;a;lead\np;T;b;\nq;U;b;\np;T;a;other\n"
    )
    records, report = read(path, known_organisations=frozenset({"a", "b"}))
    assert [(one.id, one.members) for one in records.collaborations] == [
        ("p", (Member(organisation="a", role="lead"), Member(organisation="b"))),
        ("q", (Member(organisation="b"),)),
    ]
    assert report.problems == []


def test_linked_structures_become_organisations_and_dated_collaborations(tmp_path: Path) -> None:
    path = write(
        tmp_path / "laureats.csv",
        "Identifiant;Année;Nom;Moto;Id de la structure liée au projet;Structure liée au projet;Unité de recherche\n"
        "x1;2019;Alpha;Un capteur;U1,U2;Université Lyon 1,CNRS;\n"
        "x2;2020;Beta;Un four;U1;Université Claude Bernard;\n"
        "x3;2021;Gamma;Un banc;U1,U3;Université Claude Bernard,Institut de l'alimentation, de l'eau;\n"
        "x4;2022;Delta;Un drone;;Alpha;\n",
    )
    records, report = read(path)
    by_id = {one.id: one for one in records.organisations}
    assert list(by_id) == ["x1", "x2", "x3", "x4", "U1", "U2", "U3"]
    assert [(by_id[id].name, by_id[id].kind) for id in ("U1", "U2", "U3")] == [
        ("Université Claude Bernard", "university"),
        ("CNRS", "research-organisation"),
        ("Institut de l'alimentation, de l'eau", "research-organisation"),
    ]
    assert [
        (one.title, one.start, [member.organisation for member in one.members]) for one in records.collaborations
    ] == [
        ("Un capteur", date(2019, 1, 1), ["x1", "U1", "U2"]),
        ("Un four", date(2020, 1, 1), ["x2", "U1"]),
        ("Un banc", date(2021, 1, 1), ["x3", "U1", "U3"]),
        ("Un drone", date(2022, 1, 1), ["x4", "x1"]),
    ]
    assert by_id["x1"].described_on == date(2019, 1, 1)
    assert any("name partners" in note for note in report.notes)


def test_a_motto_stands_in_for_a_missing_name_and_is_said_to(tmp_path: Path) -> None:
    long = "Un capteur " + "très " * 30 + "long"
    records, report = read(
        write(
            tmp_path / "a.csv",
            f"id;Nom;Moto;Résumé\n1;;Un capteur;Texte.\n2;;{long};\n3;C;M;M et N\n4;;;Un four. Un banc.\n",
        )
    )
    first, second, third, fourth = records.organisations
    assert (first.name, first.description) == ("Un capteur", "Un capteur\nTexte.")
    assert second.name.endswith("…") and len(second.name) <= 90
    assert second.description == long
    assert third.description == "M et N"
    assert fourth.name == "Un four."
    assert any("3 rows have no name" in note for note in report.notes)


def test_a_workbook_of_several_sheets_is_one_import(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Projets"
    sheet.append(["Titre", "Début", "Membres"])
    sheet.append(["P", date(2020, 5, 1), "Alpha|Beta"])
    sheet = book.create_sheet("Entreprises")
    sheet.append(["Nom", "SIREN", "Effectif"])
    sheet.append(["Alpha", 432147874, 12])
    sheet.append(["Beta", None, "=1+1"])
    book.save(tmp_path / "a.xlsx")
    records, report = read(tmp_path / "a.xlsx")
    assert [(one.id, one.employees) for one in records.organisations] == [("siren:432147874", 12), ("beta", None)]
    assert [member.organisation for member in records.collaborations[0].members] == ["siren:432147874", "beta"]
    assert records.collaborations[0].start == date(2020, 5, 1)
    assert [(problem.file, problem.line) for problem in report.problems] == [("a.xlsx [Entreprises]", 3)]


def test_a_read_me_sheet_is_left_out_and_named_and_the_others_are_read(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Lisez-moi"
    sheet.append(["Ce fichier contient les start-ups"])
    sheet = book.create_sheet("Promotion 2026")
    sheet.append(["Programme d'accélération"])
    sheet.append([])
    sheet.append([None, "Nom", "Pays"])
    sheet.append([None, "Alpha", "France"])
    sheet = book.create_sheet("Attentes")
    sheet.append(["Intitulé du besoin", "Description du besoin", "Type recherché", "Date limite"])
    sheet.append(["Capteurs", "Nous cherchons des capteurs.", "start-up", date(2027, 3, 1)])
    book.save(tmp_path / "a.xlsx")
    records, report = read(tmp_path / "a.xlsx")
    assert [(one.name, one.country) for one in records.organisations] == [("Alpha", "FR")]
    assert [(one.title, one.closes, one.kinds) for one in records.briefs] == [
        ("Capteurs", date(2027, 3, 1), ("start-up",))
    ]
    assert [(problem.file, problem.severity.value) for problem in report.problems] == [
        ("a.xlsx [Lisez-moi]", "ignored")
    ]


def test_a_table_called_after_a_kind_tells_it_where_no_column_does(tmp_path: Path) -> None:
    named = write(tmp_path / "Start-ups.csv", "Nom;Pays\nAlpha;FR\n")
    records, report = read(named)
    assert [one.kind for one in records.organisations] == ["start-up"]
    assert any("by the table's name it is start-up" in note for note in report.notes)
    records, _ = read(named, defaults={"kind": "sme"})
    assert [one.kind for one in records.organisations] == ["sme"]
    records, _ = read(write(tmp_path / "Clusters.csv", "Nom;Type\nAlpha;PME\nBeta;\n"))
    assert [one.kind for one in records.organisations] == ["sme", None]
    records, _ = read(write(tmp_path / "Annuaire.csv", "Nom;Pays\nAlpha;FR\n"))
    assert [one.kind for one in records.organisations] == [None]


def test_a_workbook_of_read_me_sheets_only_is_refused(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Ce fichier est vide"])
    book.create_sheet("Autre").append(["de même"])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(MappingError, match="no column for name"):
        read(tmp_path / "a.xlsx")


def test_unknown_headers_are_refused_with_how_the_file_was_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("Ville;Teinte\nBesançon;Été\n".encode("cp1252"))
    with pytest.raises(MappingError, match="read as cp1252"):
        read(tmp_path / "a.csv")


def test_a_table_with_a_header_only_is_read_as_no_rows_and_noted(tmp_path: Path) -> None:
    records, report = read(write(tmp_path / "a.csv", "Nom,Pays\n"))
    assert records == Records()
    assert any("no rows" in note for note in report.notes)


def test_an_unknown_kind_of_table_and_a_folder_without_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="no kind of table"):
        read(write(tmp_path / "a.csv", "Nom\nA\n"), kind="persons")
    with pytest.raises(UnreadableFileError, match="holds no table called"):
        read(tmp_path)
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        read(tmp_path / "absent.csv")


def test_files_are_accepted_by_suffix_and_first_bytes(tmp_path: Path) -> None:
    importer: Importer = SpreadsheetImporter()
    (tmp_path / "zip.csv").write_bytes(b"PK\x03\x04")
    (tmp_path / "text.xlsx").write_text("Nom;Pays\n")
    write(tmp_path / "a.CSV", "Nom\n")
    write(tmp_path / "a.pdf", "x")
    accepted = [
        importer.accepts(tmp_path / name) for name in ("a.CSV", "zip.csv", "text.xlsx", "a.pdf", "absent.csv", "")
    ]
    assert accepted == [True, False, False, False, False, False]
    write(tmp_path / "organisations.csv", "Nom\n")
    assert importer.accepts(tmp_path)


def test_at_most_the_given_number_of_problems_is_listed_and_all_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Nom,Pays\n" + "A,Atlantide\n" * 1 + "".join(f"B{n},Lémurie\n" for n in range(9)))
    _, report = read(path, settings=Settings(max_problems=3))
    assert (len(report.problems), report.counts["ignored"], report.unlisted) == (3, 10, 7)


def test_progress_ends_at_the_number_of_rows(tmp_path: Path) -> None:
    seen: list[int] = []
    read(write(tmp_path / "a.csv", "Nom,Pays\n" + "".join(f"B{n},FR\n" for n in range(1_200))), progress=seen.append)
    assert seen == [500, 1_000, 1_200]


_CELL = st.sampled_from(
    [
        "",
        "a",
        "Alpha",
        "FR",
        "31/02/2024",
        "=1+1",
        '"',
        "a (x)",
        ";",
        "é",
        "0",
        "-1",
        "1e999",
        "9" * 400,
        "\x85",
        "²",
        "٣",
    ]
)


@given(
    st.sampled_from(["organisations", "collaborations", "briefs"]), st.lists(st.lists(_CELL, min_size=6, max_size=6))
)
@settings(max_examples=150, deadline=None)
def test_any_cells_are_read_or_reported_but_never_stop_the_import(kind: str, rows: list[list[str]]) -> None:
    headers = {
        "organisations": "id,name,country,effectif,verified on,latitude",
        "collaborations": "id,title,members,start,end,kind",
        "briefs": "id,title,text,owner,countries,closes",
    }
    with TemporaryDirectory() as folder:
        text = "\n".join([headers[kind], *(",".join(row) for row in rows)])
        records, report = read(write(Path(folder) / "a.csv", text), kind=kind)
    made = len(getattr(records, kind))
    assert made <= len(rows)
    assert report.counts.get(kind) == made


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused_with_a_message(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(content)
        with suppress(MatcherError):
            read(path)


@pytest.mark.skipif(not (SAMPLE / "organisations.csv").exists(), reason="The sample data are not written yet.")
def test_the_sample_is_imported_without_any_problem() -> None:
    records, report = read(SAMPLE)
    assert report.problems == []
    assert len(records.organisations) >= 150
    assert len(records.collaborations) >= 120
    assert len(records.briefs) == 15


@pytest.mark.skipif(not DATA.is_dir(), reason="The real data are not here; set MATCHER_DATA to their folder.")
def test_the_real_list_of_i_lab_winners_is_read_whole() -> None:
    records, report = read(DATA / "ilab" / "laureats-i-lab.csv")
    winners = [one for one in records.organisations if one.described_on is not None]
    assert report.counts["rows"] == 3_023
    assert len(winners) == 3_022  # one SIREN without dossier number won twice
    assert report.counts["skipped"] == 1
    assert len(records.collaborations) == 1_336
    first = winners[0]
    assert (first.id, first.described_on, first.country) == ("Q9905137", date(1999, 1, 1), "FR")
    assert first.identifiers == (("siren", "432147874"),)
    assert all(one.name and one.description for one in winners)
    members = [member.organisation for one in records.collaborations for member in one.members]
    assert max(set(members), key=members.count) == "0753639Y"
    assert {one.id: one.name for one in records.organisations}["0753639Y"].startswith("CNRS")
