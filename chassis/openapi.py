"""OpenAPI 3.1 from the operations themselves: what is documented is what is enforced."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from contracts.operation import Operation
from contracts.refusal import COMMON, Refusal

REFERENCE = "#/components/schemas/{model}"
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
    },
}


def document(service: str, operations: Sequence[Operation[Any, Any]]) -> dict[str, Any]:
    """The OpenAPI document of a service."""
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = []
    for operation in operations:
        wanted += [(operation.request, "validation"), (operation.response, "serialization")]
    places, definitions = models_json_schema(wanted, ref_template=REFERENCE)
    paths: dict[str, Any] = {}
    for operation in operations:
        request = _resolve(places[(operation.request, "validation")], definitions)
        answer = places[(operation.response, "serialization")]
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(
            operation, request, answer
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Cantine Facile: {service}", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": {**definitions.get("$defs", {}), "Problem": PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _resolve(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    name = schema["$ref"].rpartition("/")[2]
    found: dict[str, Any] = definitions["$defs"][name]
    return found


def _describe(
    operation: Operation[Any, Any], request: dict[str, Any], answer: dict[str, Any]
) -> dict[str, Any]:
    properties = request.get("properties", {})
    required = set(request.get("required", []))
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"Callers: {', '.join(sorted(operation.callers))}.",
        "parameters": [
            {
                "name": name,
                "in": "path" if name in operation.path_fields else "query",
                "required": name in operation.path_fields or name in required,
                "schema": schema,
            }
            for name, schema in properties.items()
            if name in operation.path_fields or not operation.has_body
        ],
        "responses": {
            str(operation.status): {
                "description": "Done.",
                "content": {"application/json": {"schema": answer}},
            },
            **_refusals(operation),
        },
    }
    if operation.has_body:
        inside = {k: v for k, v in properties.items() if k not in operation.path_fields}
        body = {
            "type": "object",
            "properties": inside,
            "required": sorted(required & inside.keys()),
            "additionalProperties": False,
        }
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": body}},
        }
    return described


def _refusals(operation: Operation[Any, Any]) -> dict[str, Any]:
    by_status: dict[int, list[type[Refusal]]] = {}
    for refusal in (*COMMON, *operation.refusals):
        by_status.setdefault(refusal.status, []).append(refusal)
    content = {"application/problem+json": {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
    return {
        str(status): {"description": "; ".join(r.code for r in refusals), "content": content}
        for status, refusals in sorted(by_status.items())
    }
