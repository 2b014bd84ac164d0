"""Contracts and services declare what the house rules want, and a bad declaration is found."""

import importlib
from types import SimpleNamespace as Thing

from contracts.event import EVENTS, Event
from contracts.operation import OPERATIONS
from contracts.refusal import REFUSALS, Details
from docs.catalogue import SERVICES, load_contracts, readers
from gateway.config import GatewaySettings
from tests.architecture import declarations as rules

load_contracts()
APPS = {name: importlib.import_module(f"services.{name}.app").SERVICE for name in SERVICES}


def test_every_event_is_named_after_the_service_that_tells_it():
    assert rules.badly_named_events(EVENTS, SERVICES) == []


def test_a_badly_named_event_is_found():
    class Updated(Event):
        """Something was updated."""

    assert len(rules.badly_named_events({"booking_updated": Updated}, SERVICES)) == 2


def test_every_event_and_every_refusal_says_what_it_means():
    assert rules.silent(EVENTS | REFUSALS) == []


def test_an_event_that_only_inherits_a_sentence_is_found():
    class Silent(Event):
        pass

    assert rules.silent({"booking.silent.v1": Silent}) != []


def test_every_refusal_has_a_french_sentence_that_quotes_only_its_details():
    assert rules.badly_worded_refusals(REFUSALS) == []


def test_a_refusal_without_sentence_or_with_a_foreign_detail_is_found():
    mute = Thing(Details=Details)
    quoting = Thing(Details=Details, sentence="Le {day} est complet.")
    typed = Thing(Details=Details, sentence="L'adresse manque.")
    for refusal in (mute, quoting, typed):
        assert len(rules.badly_worded_refusals({"x": refusal})) == 1


def test_every_operation_is_bound_by_its_own_service():
    bound = {name: [b.operation for b in app.operations] for name, app in APPS.items()}
    assert rules.badly_bound_operations(OPERATIONS, bound) == []


def test_an_operation_that_nobody_or_another_answers_is_found():
    operation = Thing(service="booking")
    for bound in ({"booking": []}, {"payments": [operation]}):
        assert len(rules.badly_bound_operations({"booking.x": operation}, bound)) == 1


def test_every_write_says_what_makes_it_happen_once():
    assert rules.unexplained_writes(OPERATIONS.values()) == []
    assert rules.misplaced_keys(OPERATIONS.values()) == []


def test_a_write_that_may_happen_twice_is_found():
    careless = Thing(name="x", method="PUT", idempotency_key=None, summary="Do it.")
    misplaced = Thing(name="x", idempotency_key="order", path="/orders", path_fields=frozenset())
    assert rules.unexplained_writes([careless]) == ["x may be done twice"]
    assert rules.misplaced_keys([misplaced]) == ["x: order is not in /orders"]


def test_no_process_has_more_than_fifteen_settings():
    settings = [GatewaySettings, *(app.settings for app in APPS.values())]
    assert rules.overgrown_settings(settings) == []


def test_a_sixteenth_setting_is_found():
    many = Thing(__module__="x", model_fields=dict.fromkeys(range(16)))
    assert rules.overgrown_settings([many]) == ["x has 16 settings"]


def test_every_event_that_is_told_is_read_by_somebody():
    assert rules.unread_events(readers()) == []


def test_an_event_that_nobody_reads_is_found():
    assert rules.unread_events({"booking.x.v1": []}) == ["booking.x.v1 is read by nobody"]
