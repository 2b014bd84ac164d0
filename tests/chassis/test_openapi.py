"""What is documented is what is enforced: OpenAPI 3.1, valid, complete."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from chassis import openapi
from contracts.refusal import COMMON
from deploy import SERVICES


def document_of(service: str) -> dict[str, Any]:
    """The document that a service publishes."""
    app = importlib.import_module(f"services.{service}.app").SERVICE
    return openapi.document(service, [binding.operation for binding in app.operations])


@pytest.mark.parametrize("service", SERVICES)
def test_the_document_of_a_service_is_valid_openapi_3_1(service: str):
    document = document_of(service)
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1")


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_stands_in_the_document_with_all_its_answers(service: str):
    document = document_of(service)
    for binding in importlib.import_module(f"services.{service}.app").SERVICE.operations:
        operation = binding.operation
        described = document["paths"][operation.path][operation.method.lower()]
        assert described["operationId"] == operation.name
        statuses = {str(r.status) for r in (*COMMON, *operation.refusals)}
        assert described["responses"].keys() == {str(operation.status), *statuses}


@pytest.mark.parametrize("service", SERVICES)
def test_every_reference_leads_somewhere(service: str):
    document = document_of(service)
    text = json.dumps(document)
    schemas = document["components"]["schemas"]
    used = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert used <= schemas.keys()


def test_a_field_of_the_path_is_a_parameter_and_not_in_the_body():
    placed = document_of("booking")["paths"]["/orders/{order}"]["put"]
    body = placed["requestBody"]["content"]["application/json"]["schema"]
    assert [(p["name"], p["in"]) for p in placed["parameters"]] == [("order", "path")]
    assert "order" not in body["properties"]
    assert "checkout" in body["required"]


def test_a_document_that_is_wrong_is_found():
    document = document_of("booking")
    del document["paths"]["/orders/{order}"]["put"]["responses"]
    assert list(OpenAPIV31SpecValidator({**document, "info": {}}).iter_errors())


def test_the_command_line_prints_the_document_without_any_configuration():
    done = subprocess.run(
        [sys.executable, "-m", "services.payments", "openapi"],
        cwd=Path(__file__).parents[2], env={}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == document_of("payments")
