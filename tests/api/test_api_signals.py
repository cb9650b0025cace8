"""The signals over HTTP: in plain words of both languages, with what each counts."""

import pytest

from api.bodies.signals import Signals
from fitted import fitted_file
from matcher.ranking.versions import add, use
from matcher.signals import SIGNALS
from service import Service

ADDRESS = "/v1/signals"


def test_every_signal_is_told_the_most_important_first(service: Service) -> None:
    told = Signals.model_validate(service.as_role("reader").get(ADDRESS).json())
    assert {one.name for one in told.items} == {signal.name for signal in SIGNALS}
    shares = [one.importance["organisation"].share for one in told.items]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1, abs=1e-4)
    # The hand-set weights add up to 100 points, 21 of them for the offer that meets the need.
    first = told.items[0]
    assert (first.name, first.importance["organisation"].spread) == ("need_offer", 21.0)
    assert (told.model, told.scale) == ("hand-set-1", {"organisation": "points"})


def test_a_model_with_several_heads_tells_the_importance_in_each(service: Service) -> None:
    engine = service.app.state.engine
    add(fitted_file(encoder=engine.encoder.name), engine.workspace.models)
    use(engine.workspace.models, "fitted-1", service.time)
    engine.refresh()
    told = Signals.model_validate(service.as_role("reader").get(ADDRESS).json())
    assert told.model == "fitted-1"
    assert all(set(one.importance) == {"organisation", "brief"} for one in told.items)
    assert not any(one.importance["brief"].lowers for one in told.items)


def test_words_are_in_the_readers_language_and_versions_tell_them_apart(service: Service) -> None:
    reader = service.as_role("reader")
    french, english = (reader.get(ADDRESS, headers={"Accept-Language": language}) for language in ("fr", "en"))
    assert french.json()["items"][0]["label"] == "son offre répond au besoin"
    assert english.json()["items"][0]["text"].startswith("How near in meaning")
    assert french.headers["etag"] != english.headers["etag"]
    assert reader.get(ADDRESS, headers={"If-None-Match": english.headers["etag"]}).status_code == 304
    asked = {"If-None-Match": english.headers["etag"], "Accept-Language": "fr"}
    assert reader.get(ADDRESS, headers=asked).status_code == 200


def test_nobody_reads_them_only_where_the_directory_is_open(service: Service, open_service: Service) -> None:
    assert service.nobody.get(ADDRESS).status_code == 401
    assert open_service.nobody.get(ADDRESS).status_code == 200
