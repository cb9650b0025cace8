"""CORDIS programmes become organisations and collaborations, one organisation per PIC."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.importers import Severity
from matcher.importers.cordis_organisations import country_code, is_cluster
from matcher.records import Member
from programmes import PROJECT, PROJECTS, only, read, small, write


def test_a_project_and_its_participants_become_records(tmp_path: Path) -> None:
    records, report = small(
        tmp_path / "horizon",
        [PROJECT],
        ["7;900;LAKE LAB;false;REC;Athina;EL;participant", "7;800;REED SARL;true;PRC;Lyon;FR;coordinator"],
        topics=["projectID;topic;title", "7;CL6-1;Clean water"],
        euroSciVoc=[
            "projectID;euroSciVocPath",
            "7;/natural sciences/earth and related environmental sciences/hydrology",
            "7;/social sciences",
        ],
    )
    project = records.collaborations[0]
    assert project.id == "horizon:7"
    assert project.title == "REED: Reeds for water"
    assert project.text == "Reed beds clean water.\nClean water"
    assert project.call == "Clean water"
    assert (project.start, project.end) == (date(2023, 5, 1), date(2026, 4, 30))
    assert project.members == (Member(organisation="pic:800", role="coordinator"), Member(organisation="pic:900"))
    assert project.sectors == (
        "earth-and-related-environmental-sciences",
        "food-bioeconomy-natural-resources-agriculture-and-environment",
        "social-sciences",
    )
    assert project.source == "CORDIS horizon"
    reed, lake = records.organisations
    assert (reed.id, reed.name, reed.kind, reed.country) == ("pic:800", "REED SARL", "sme", "FR")
    assert (lake.country, lake.kind, lake.identifiers) == ("GR", "research-organisation", (("pic", "900"),))
    assert reed.place_is_guess
    assert reed.latitude == pytest.approx(45.75, abs=0.1)
    assert report.problems == []
    assert report.counts["rows"] == 6
    assert report.counts["participations"] == 2
    assert report.mapping["horizon/organization.csv"]["organisationID"] == "id, identifiers: pic"


def test_given_coordinates_vat_region_and_update_are_taken(tmp_path: Path) -> None:
    header = "projectID;organisationID;vatNumber;nutsCode;geolocation;organizationURL;contentUpdateDate;city;country"
    row = "7;800;FR123;FRK26;45.5,4.75;https://reed.example;2024-02-03 10:11:12;Lyon;FR"
    organisation = only(read(write(tmp_path, project=[*PROJECTS, PROJECT], organization=[header, row]))[0])
    assert organisation.identifiers == (("pic", "800"), ("vat", "FR123"))
    assert organisation.region == "FRK26"
    assert (organisation.latitude, organisation.longitude) == (45.5, 4.75)
    assert not organisation.place_is_guess
    assert organisation.website == "https://reed.example"
    assert organisation.verified_on == date(2024, 2, 3)


def test_the_call_is_the_titles_of_the_topics_without_those_that_only_repeat_a_code(tmp_path: Path) -> None:
    topics = ["7;A-1;Clean, water", "7;B;B", "7;C-1;Reeds", "7;C-2;Reeds", "7;D;", "8;ERC;ERC"]
    projects = [PROJECT, "8;ALONE;Alone;2023-05-01;;;HORIZON;;Text."]
    records, _ = small(tmp_path, projects, topics=["projectID;topic;title", *topics])
    reeds, alone = records.collaborations
    assert reeds.call == "Clean, water\nReeds"
    assert alone.call == ""
    assert alone.text == "Text."


def test_without_an_objective_the_text_is_what_the_topic_and_the_programme_part_say(tmp_path: Path) -> None:
    records, _ = small(
        tmp_path,
        ["7;REED;;2015-05-01;;H2020-EU.3.4.;H2020;;", "8;;;2015-05-01;;H2020-EU.1.1.;H2020;;"],
        topics=["projectID;topic;title", "7;MG-1;Quiet trains", "8;ERC;ERC"],
        legalBasis=[
            "projectID;legalBasis;title",
            "7;H2020-EU.3.4.;Smart, green and integrated transport",
            "8;H2020-EU.1.1.;European Research Council (ERC)",
        ],
    )
    train, council = records.collaborations
    assert (train.id, train.title) == ("h2020:7", "REED")
    assert (train.call, council.call) == ("Quiet trains", "")
    assert train.text == "Quiet trains\nSmart, green and integrated transport"
    assert train.sectors == ("climate-energy-and-mobility", "smart-green-and-integrated-transport")
    assert council.text == "European Research Council (ERC)"
    assert council.sectors == (), "an instrument that funds every field names none"


@pytest.mark.parametrize(
    ("activity", "size", "name", "kind"),
    [
        ("PRC", "true", "A", "sme"),
        ("PRC", "True", "A", "sme"),
        ("PRC", "false", "A", "large-account"),
        ("PRC", "", "A", "company"),
        ("HES", "false", "A", "university"),
        ("REC", "true", "A", "research-organisation"),
        ("PUB", "", "A", "public-body"),
        ("OTH", "", "POLE MER", "cluster"),
        ("OTH", "", "A FOUNDATION", None),
        ("", "", "A", None),
    ],
)
def test_the_kind_comes_from_the_activity_and_the_size(
    tmp_path: Path, activity: str, size: str, name: str, kind: str | None
) -> None:
    records, _ = small(tmp_path, [PROJECT], [f"7;800;{name};{size};{activity};;FR;participant"])
    assert only(records).kind == kind


@pytest.mark.parametrize(
    ("part", "scheme", "others", "kind"),
    [
        ("H2020-EU.3.4.", "SME-2", 1, "sme"),
        ("H2020-EU.2.1.,H2020-EU.2.3.", "", 0, "sme"),
        ("H2020-EU.2.1.,H2020-EU.2.3.", "", 1, "company"),
        ("H2020-EU.3.4.", "RIA", 0, "company"),
    ],
)
def test_a_company_alone_in_a_project_for_smes_is_one(
    tmp_path: Path, part: str, scheme: str, others: int, kind: str
) -> None:
    project = f"7;;;2015-05-01;;{part};H2020;{scheme};"
    participants = [f"7;{800 + number};A;;PRC;;FR;participant" for number in range(1 + others)]
    records, _ = small(tmp_path, [project], participants)
    assert {organisation.kind for organisation in records.organisations} == {kind}


@pytest.mark.parametrize(
    "name",
    [
        "CLUSTER DIGITAL",
        "Pôle Mer",
        "RÉSEAU DE L'EAU",
        "Bundesverband Solar",
        "Kompetenznetzwerk Holz",
        "ASOCIACIÓN DE REGANTES",
        "ASSOCIAZIONE ITALIANA",
        "Stowarzyszenie Miast",
        "European Federation of Cities",
    ],
)
def test_a_name_that_says_cluster_in_its_language_is_one(name: str) -> None:
    assert is_cluster(name)


@pytest.mark.parametrize("name", ["", "ASSOCIATED PRESS", "POLAND TRADE", "REDWOOD FOUNDATION", "Unioncamere", "META"])
def test_a_name_that_only_looks_like_a_cluster_is_none(name: str) -> None:
    assert not is_cluster(name)


@pytest.mark.parametrize(
    ("code", "iso"), [("EL", "GR"), ("UK", "GB"), ("XK", "XK"), ("FR", "FR"), ("fr", "FR"), ("ZZ", ""), ("", "")]
)
def test_country_codes_of_cordis_are_translated(code: str, iso: str) -> None:
    assert country_code(code) == iso


SAYINGS = [
    "8;800;;;PRC;;;participant",
    "7;800;NEW NAME;;;Lyon;FR;participant",
    "6;800;OLD NAME;true;PRC;Graz;AT;participant",
]


@given(order=st.permutations(SAYINGS))
def test_the_most_recent_known_value_wins_whatever_the_order_of_the_rows(
    tmp_path_factory: pytest.TempPathFactory, order: list[str]
) -> None:
    projects = [f"{number};;;20{number + 10}-01-01;;;HORIZON;;" for number in (6, 7, 8)]
    organisation = only(small(tmp_path_factory.mktemp("rows"), projects, order)[0])
    assert organisation.name == "NEW NAME"
    assert organisation.kind == "sme"
    assert (organisation.city, organisation.country) == ("Lyon", "FR")


def test_an_organisation_that_moved_to_another_country_does_not_keep_its_old_region(tmp_path: Path) -> None:
    header = "projectID;organisationID;city;country;nutsCode;geolocation"
    rows = ["6;800;Graz;AT;AT221;47.07,15.44", "7;800;Lyon;FR;;"]
    projects = ["6;;;2016-01-01;;;HORIZON;;", "7;;;2017-01-01;;;HORIZON;;"]
    organisation = only(read(write(tmp_path, project=[*PROJECTS, *projects], organization=[header, *rows]))[0])
    assert organisation.region is None
    assert organisation.place_is_guess
    assert organisation.latitude == pytest.approx(45.75, abs=0.1)


@pytest.mark.parametrize("roles", [("participant", "coordinator"), ("coordinator", "participant")])
def test_an_organisation_listed_twice_is_one_member_and_coordinates(tmp_path: Path, roles: tuple[str, str]) -> None:
    records, _ = small(tmp_path, [PROJECT], [f"7;800;A;;;;FR;{role}" for role in roles])
    assert records.collaborations[0].members == (Member(organisation="pic:800", role="coordinator"),)


def test_broken_accents_are_mended_and_reported_where_they_were(tmp_path: Path) -> None:
    rows = ["7;800;Heinrich B√∂ckel GmbH;;;;DE;participant", "7;801;A;;;;DE;participant"]
    records, report = small(tmp_path, [PROJECT], rows)
    assert records.organisations[0].name == "Heinrich Böckel GmbH"
    assert [(problem.severity, problem.line, problem.column) for problem in report.problems] == [
        (Severity.REPAIRED, 2, "name")
    ]


def test_several_programmes_in_one_folder_share_organisations_by_their_pic(tmp_path: Path) -> None:
    row = "{};800;{};{};PRC;;FR;participant"
    small(tmp_path / "h2020", ["6;;;2016-01-01;;;H2020;;"], [row.format(6, "OLD", "")])
    small(tmp_path / "horizon", [PROJECT], [row.format(7, "NEW", "true")])
    records, _ = read(tmp_path)
    organisation = only(records)
    assert (organisation.name, organisation.kind) == ("NEW", "sme")
    assert [project.id for project in records.collaborations] == ["h2020:6", "horizon:7"]
